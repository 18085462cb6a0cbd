"""The operator's rights, the table that says what they allow, and the reasons why something is not done."""

from reconciler.rights.operator import Operator, together
from reconciler.rights.reasons import HELD_BACK, Reason
from reconciler.rights.table import NEEDS, Action, Rights, allows_access, allows_programs

__all__ = [
    "HELD_BACK",
    "NEEDS",
    "Action",
    "Operator",
    "Reason",
    "Rights",
    "allows_access",
    "allows_programs",
    "together",
]
