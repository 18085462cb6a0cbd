"""The grid: consultants × clients × programs, as arrays. Pure: knows no file, no HTTP, no terminal.

Theory. Names become dense ids once, at the edge (`Names`); ids follow the sorted names, so nothing
depends on the order in which a backend sends its pages. A pair (consultant, client) is one int64 key,

    key = client id × number of consultants + consultant id,

so a state in key order is in client order, and a range of clients is a slice. `Access` is a sorted array
of keys and beside it a uint64 mask of programs; a row with mask 0 is access without programs. Then
union, difference and restriction are merges of sorted arrays, and everything above them (rights,
guardrails, blocks) reads the same two arrays.
"""

from reconciler.grid.access import Access, Shape
from reconciler.grid.alike import alike
from reconciler.grid.block import Block
from reconciler.grid.change import PAIR_CHANGES, Change, Half
from reconciler.grid.cover import Effort, Region, cover, only, outside
from reconciler.grid.difference import Difference, diff
from reconciler.grid.names import Names
from reconciler.grid.operation import OperationKind, Outcome
from reconciler.grid.register import Clients, Consultants, Programs, Register

__all__ = [
    "PAIR_CHANGES",
    "Access",
    "Block",
    "Change",
    "Clients",
    "Consultants",
    "Difference",
    "Effort",
    "Half",
    "Names",
    "OperationKind",
    "Outcome",
    "Programs",
    "Region",
    "Register",
    "Shape",
    "alike",
    "cover",
    "diff",
    "only",
    "outside",
]
