"""`Texts`: many texts in one piece, each decoded when somebody asks for it.

Most of what a large register holds is never shown: of 300,000 companies an answer names a few. One piece of
UTF-8 with the end of each text is read in no time; a list of as many strings takes a quarter of a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, overload

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable

Ends = NDArray[np.uint32]
"""Where each text ends, in bytes."""


class Texts(Sequence[str]):
    """A list of texts that does not change.

    Args:
        piece: all of them, one after the other, in UTF-8.
        ends: of each; ascending, the last one that of the piece.

    Raises:
        ValueError: where the ends are not those of the piece. That it is UTF-8 is seen when it is decoded.
    """

    def __init__(self, piece: bytes, ends: Ends) -> None:
        last = int(ends[-1]) if len(ends) else 0
        if last != len(piece) or np.any(ends[1:] < ends[:-1]):
            raise ValueError("not the ends of these texts")
        self.piece = piece
        self.ends = ends

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        """From texts."""
        if isinstance(texts, Texts):
            return texts
        parts = [text.encode() for text in texts]
        return cls(b"".join(parts), np.cumsum([len(part) for part in parts], dtype=np.uint32))

    @cached_property
    def _all(self) -> tuple[str, ...]:
        """All of them; whoever looks at one after the other needs them all."""
        ends = self.ends.tolist()
        if self.piece.isascii():
            text = self.piece.decode()
            return tuple([text[start:end] for start, end in zip([0, *ends], ends, strict=False)])
        return tuple([self.piece[start:end].decode() for start, end in zip([0, *ends], ends, strict=False)])

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...

    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        if isinstance(index, slice):
            return self._all[index]
        number = range(len(self))[index]
        return self.piece[int(self.ends[number - 1]) if number else 0 : int(self.ends[number])].decode()

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Texts):
            return self.piece == other.piece and np.array_equal(self.ends, other.ends)
        return isinstance(other, tuple) and self._all == other

    def __hash__(self) -> int:
        return hash(self._all)
