"""What somebody chose in “Manage access”, as the smallest edit of the policy: choice + policy + register → texts.

    asked ─ cells ─┬─ give: exceptions dropped, else a rule extended, else a new one ─┬─ texts ─ check
    (ids)  (by day) └─ take: names taken out, rules removed, else exceptions ─────────┘

Pure: it reads and writes no file. Edits are only proposed: a rule with other values is expanded and held against what
was chosen, its lines are read again once they are written, and in the end `check` resolves the whole policy and makes
sure that on that day and on every later one exactly the chosen block is given, or taken, and nothing else.
"""

from reconciler.amend.amend import amend
from reconciler.amend.values import Amended, Choice, Deed, DeedKind, Wording

__all__ = ["Amended", "Choice", "Deed", "DeedKind", "Wording", "amend"]
