"""One YAML document as plain data, and beside it where everything stands.

Theory. The data is dict, list and str and knows no positions. Its nodes (keys too) are numbered in the
order in which they stand in the file; `places` holds the character index of each, four bytes a node, and
`ends` says for each container the number of the node after it. So the nodes of a path are found by walking
down, and reading pays nothing for positions that nobody asks for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator, Mapping

    from reconciler.desired.source import Source
    from reconciler.errors import Finding, Message, Position

Value: TypeAlias = "str | list[Value] | dict[str, Value]"
"""What YAML becomes: every scalar is the string that was written."""

Path: TypeAlias = "tuple[str | int, ...]"
"""Keys and list indexes that lead from one node down to another."""


@dataclass(frozen=True, eq=False)
class Document:
    """A file that was read as YAML.

    Attributes:
        source: the text.
        root: the data.
        places: by node number, the character index in the text.
        ends: for each container's node number, the number of the node after it.
        repeated: numbers of keys that stand a second time in their mapping; the data has the first.
        unquoted: plain scalars that other YAML readers take for something else than text, with their numbers.
    """

    source: Source
    root: Value
    places: array[int]
    ends: Mapping[int, int]
    repeated: frozenset[int] = frozenset()
    unquoted: tuple[tuple[int, str], ...] = ()
    _tables: dict[int, Mapping[str, int] | list[int]] = field(default_factory=dict, repr=False)

    def keys(self, node: int, mapping: Mapping[str, Value]) -> Mapping[str, int]:
        """The node number of each key of a mapping; that of its value is one more."""
        table = self._tables.get(node)
        if table is None:
            table = dict(zip(mapping, self._keys(node), strict=True))
            self._tables[node] = table
        assert isinstance(table, dict)
        return table

    def _keys(self, node: int) -> Iterator[int]:
        ends, repeated = self.ends, self.repeated
        key, end = node + 1, ends[node]
        while key < end:
            if key not in repeated:
                yield key
            key = ends.get(key + 1, key + 2)

    def items(self, node: int) -> list[int]:
        """The node number of each item of a list."""
        table = self._tables.get(node)
        if table is None:
            table = []
            item, end = node + 1, self.ends[node]
            while item < end:
                table.append(item)
                item = self.ends.get(item, item + 1)
            self._tables[node] = table
        assert isinstance(table, list)
        return table

    def node(self, path: Path, node: int = 0, value: Value | None = None) -> int:
        """The node number of what a path leads to; of the last that exists where it leads nowhere.

        Args:
            path: from the value at `node` down.
            node: where to start; the root.
            value: what stands there; the root's.
        """
        value = self.root if value is None else value
        for step in path:
            if isinstance(value, dict) and step in value:
                node = self.keys(node, value)[str(step)] + 1
                value = value[str(step)]
            elif isinstance(value, list) and isinstance(step, int):
                node = self.items(node)[step]
                value = value[step]
            else:
                return node
        return node

    def scalars(self) -> Iterator[tuple[int, str, Path]]:
        """Every scalar, keys too: its number, its text and the path of it, or of the mapping for a key."""
        if isinstance(self.root, str):
            yield 0, self.root, ()
        else:
            yield from self._below(0, self.root, ())

    def _below(self, node: int, value: Value, path: Path) -> Iterator[tuple[int, str, Path]]:
        if isinstance(value, str):
            yield node, value, path
        elif isinstance(value, dict):
            for name, key in self.keys(node, value).items():
                yield key, name, path
                yield from self._below(key + 1, value[name], (*path, name))
        else:
            for i, item in enumerate(self.items(node)):
                yield from self._below(item, value[i], (*path, i))

    def position(self, node: int) -> Position:
        """Where a node stands."""
        return self.source.position(self.places[node])

    def quoted(self, node: int) -> bool:
        """Whether a scalar is written with quotes (or as a block), not plain."""
        return self.source.text[self.places[node] : self.places[node] + 1] in {'"', "'", "|", ">"}

    def finding(
        self, code: str, message: Message, node: int, hint: Message | None = None, offset: int = 0
    ) -> Finding:
        """An error at a node, or so many characters after its start."""
        return self.source.finding(code, message, self.places[node] + offset, hint)
