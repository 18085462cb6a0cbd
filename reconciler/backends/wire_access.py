"""Rows of /v1/access → Access, a page at a time as columns; slow and exact only where a page of JSON is wrong."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from reconciler.backends.paging import damaged
from reconciler.errors import BackendError, Message
from reconciler.grid import Access

if TYPE_CHECKING:
    from reconciler.backends.paging import Page
    from reconciler.exchange.fields import Fields
    from reconciler.grid import Names, Register, Shape
    from reconciler.grid.arrays import Keys, Masks


class AccessReader:
    """Turns pages of rows into a state.

    Args:
        register: knows the names that rows may use.
    """

    def __init__(self, register: Register) -> None:
        self._register = register
        self._masks = _MaskOf(register.programs.names)
        self._pages: list[tuple[Keys, Masks]] = []

    def add(self, page: Page) -> None:
        """Take in a page.

        Raises:
            BackendError: where a row is not as the contract says, or names what the register does not have.
        """
        try:
            if page.packed is not None:
                self._pages.append(page.packed.rows(self._register.shape))
            else:
                self._pages.append(self._columns(page.body.items("items")))
        except ValueError as error:
            raise damaged("/v1/access") from error
        except (KeyError, TypeError):
            self._explain(page.body, page.before)

    def state(self) -> Access:
        """All of it; BackendError where a pair was listed twice."""
        shape = self._register.shape
        if not self._pages:
            return Access.empty(shape)
        keys, masks = self._pages[0]
        if len(self._pages) > 1:
            keys, masks = (np.concatenate(column) for column in zip(*self._pages, strict=True))
        state = Access.from_rows(shape, keys, masks)
        if len(state) != len(keys):
            self._twice(shape, keys)
        return state

    def _columns(self, rows: list[Any]) -> tuple[Keys, Masks]:
        count, register = len(rows), self._register
        consultants = register.consultants.names.ids(map(itemgetter("consultant"), rows))
        clients = register.clients.names.ids(map(itemgetter("client"), rows))
        programs = [row["programs"] for row in rows]
        if not set(map(type, programs)) <= {list}:
            raise TypeError
        masks = np.fromiter(map(self._masks.__getitem__, map(tuple, programs)), dtype=np.uint64, count=count)
        return register.shape.keys(consultants, clients), masks

    def _explain(self, page: Fields, before: int) -> NoReturn:
        """Look at the rows one by one until one is wrong."""
        register = self._register
        for row in page.subs("items", before):
            if row.key("consultant") not in register.consultants.names:
                row.wrong("consultant", Message("a consultant of the bureau"))
            if row.key("client") not in register.clients.names:
                row.wrong("client", Message("a client of the bureau"))
            names = row.texts("programs")
            if not set(names) <= set(register.programs.names) or len(set(names)) != len(names):
                row.wrong("programs", Message("programs of the bureau, each once"))
        raise AssertionError("a page that cannot be read has a row that is wrong")

    def _twice(self, shape: Shape, keys: Keys) -> NoReturn:
        ordered = np.sort(keys)
        client, consultant = divmod(int(ordered[1:][ordered[1:] == ordered[:-1]][0]), shape.consultants)
        raise BackendError(
            Message(
                "/v1/access lists {consultant} at {client} twice",
                consultant=self._register.consultants.names[consultant],
                client=self._register.clients.names[client],
            )
        )


class _MaskOf(dict[tuple[str, ...], int]):
    """The mask of a row's programs; each combination is worked out once. KeyError where one is wrong."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, programs: tuple[str, ...]) -> int:
        mask = 0
        for program in programs:
            bit = 1 << self._names.id(program)
            if mask & bit:
                raise KeyError(program)
            mask |= bit
        self[programs] = mask
        return mask
