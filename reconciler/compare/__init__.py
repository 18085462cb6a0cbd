"""What a change of the YAML means: two policies over one register. Pure; nobody is asked, nothing is read.

policy before ─ desired ─┐                       ┌─ plan, as if the bureau had been what the YAML said before
                         ├─ one register, a day ─┤
policy after ── desired ─┘                       └─ edits: which rules, teams, … say something else
"""

from reconciler.compare.compare import Diff, compare, judged, starting
from reconciler.compare.edits import Edit, Kind, edits
from reconciler.compare.registers import Registers

__all__ = ["Diff", "Edit", "Kind", "Registers", "compare", "edits", "judged", "starting"]
