"""`Kept`: a state as it was fetched, and as bytes, so that what has not changed is not fetched again.

It is never the truth: `state` believes as much of it as the backend confirms. Names and labels are one piece
each (`Texts`), access is packed rows; nothing is decoded before it is asked for but access.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from reconciler.backends import wire
from reconciler.exchange.fields import Fields
from reconciler.grid import Clients, Consultants, Names, Register
from reconciler.grid.packed import Packed
from reconciler.grid.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.grid import Access
    from reconciler.grid.arrays import Ids

_NUMBER = np.dtype("<u4")
_SIZE = np.dtype("<u8")


@dataclass(frozen=True, eq=False)
class Kept:
    """A state.

    Attributes:
        mark: the entity tag of register and access.
        bureau: the document of /v1/bureau, as it came.
        tags: the entity tags of the consultants and of the clients; "" where the backend has none.
        register: of the bureau.
        access: who may open what.
        rows: of access, packed, where they are there already.
    """

    mark: str
    bureau: bytes
    tags: tuple[str, str]
    register: Register
    access: Access
    rows: Packed | None = None

    @cached_property
    def packed(self) -> Packed:
        """The rows of access, packed."""
        return Packed.of(self.access) if self.rows is None else self.rows

    @cached_property
    def document(self) -> Fields:
        """The bureau's document."""
        return Fields.of("/v1/bureau", json.loads(self.bureau))

    @property
    def revision(self) -> str:
        """That all of it is of."""
        return self.document.key("revision")

    def encode(self) -> Iterator[bytes]:
        """As bytes, in parts."""
        people, companies = self.register.consultants, self.register.clients
        parts = [
            self.mark.encode(),
            self.bureau,
            *(tag.encode() for tag in self.tags),
            *_texts(people.names.all),
            *_texts(people.labels),
            people.active.tobytes(),
            *_index(people.tags),
            *_index(people.teams),
            *_index(people.leads),
            *_texts(companies.names.all),
            *_texts(companies.labels),
            companies.connected.tobytes(),
            *_index(companies.tags),
            *_index(companies.teams),
            self.packed.encode(0),
        ]
        yield np.array([len(parts), *map(len, parts)], dtype=_SIZE).tobytes()
        yield from parts

    @classmethod
    def decode(cls, content: bytes) -> Kept:
        """From bytes that `encode` has made.

        Raises:
            ValueError: where they are something else.
        """
        parts = _Parts(content)
        mark, bureau, tags = parts.text(), parts.next(), (parts.text(), parts.text())
        document = Fields.of("/v1/bureau", json.loads(bureau))
        consultants = Consultants(
            names=Names(parts.texts()),
            labels=parts.texts(),
            active=np.frombuffer(parts.next(), dtype=np.bool_),
            tags=parts.index(),
            teams=parts.index(),
            leads=parts.index(),
        )
        clients = Clients(
            names=Names(parts.texts()),
            labels=parts.texts(),
            connected=np.frombuffer(parts.next(), dtype=np.bool_),
            tags=parts.index(),
            teams=parts.index(),
        )
        register = register_of(document, consultants, clients)
        packed, _ = Packed.decode(parts.next())  # its revision is the document's
        return cls(mark, bureau, tags, register, packed.access(register.shape), packed)


def register_of(bureau: Fields, consultants: Consultants, clients: Clients) -> Register:
    """The register, from the bureau's document and its lists."""
    return Register(
        bureau=bureau.key("id"),
        label=bureau.text("name"),
        timezone=bureau.key("timezone"),
        programs=wire.programs(bureau),
        consultants=consultants,
        clients=clients,
    )


def _texts(texts: Iterable[str]) -> Iterator[bytes]:
    packed = Texts.of(texts)
    yield packed.piece
    yield packed.ends.astype(_NUMBER, copy=False).tobytes()


def _index(index: Mapping[str, Ids]) -> Iterator[bytes]:
    """For each word its ids, one word after the other."""
    yield from _texts(index)
    yield np.array(list(accumulate(map(len, index.values()))), dtype=_NUMBER).tobytes()
    yield b"".join(ids.astype(_NUMBER).tobytes() for ids in index.values())


class _Parts:
    """The parts of what `encode` has made, one after the other."""

    def __init__(self, content: bytes) -> None:
        (count,) = np.frombuffer(content, _SIZE, 1).tolist()
        sizes = np.frombuffer(content, _SIZE, count, _SIZE.itemsize).tolist()
        ends = accumulate(sizes, initial=_SIZE.itemsize * (1 + count))
        self._parts = iter([content[start:end] for start, end in pairwise(ends)])

    def next(self) -> bytes:
        """The next part; ValueError where there is none."""
        for part in self._parts:
            return part
        raise ValueError("a part is missing")

    def text(self) -> str:
        """As text."""
        return self.next().decode()

    def texts(self) -> Texts:
        """The next two as a list of texts."""
        return Texts(self.next(), self._numbers())

    def index(self) -> dict[str, Ids]:
        """The next four as the ids of each word."""
        words, ends = self.texts(), self._numbers().tolist()
        ids = self._numbers().astype(np.int64)
        return {word: ids[start:end] for word, (start, end) in zip(words, pairwise([0, *ends]), strict=True)}

    def _numbers(self) -> np.ndarray[tuple[int], np.dtype[Any]]:
        return np.frombuffer(self.next(), dtype=_NUMBER)
