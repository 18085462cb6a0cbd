"""The operator's rights, the table that says what they allow, and the reasons why something is not done."""

from reconciler.rights.operator import Operator, together
from reconciler.rights.reasons import Reason
from reconciler.rights.table import NEEDS, Action, Rights, allows_access, allows_programs

__all__ = ["NEEDS", "Action", "Operator", "Reason", "Rights", "allows_access", "allows_programs", "together"]
