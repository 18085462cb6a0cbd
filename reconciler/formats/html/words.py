"""What the page says beside the plan, in the reader's language; `{name}` is filled in by its script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.formats.views import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.formats.catalogue import Catalogue

PAGE = {
    "approve": Message("To approve exactly these changes, and nothing else, approve their digest:"),
    "back": Message("Back to the overview"),
    "by_name": Message("By name"),
    "by_team": Message("By team"),
    "clients": Message("Find clients"),
    "consultants": Message("Find consultants"),
    "contents": Message("On this page"),
    "digest": Message("Digest"),
    "every": Message("Everything"),
    "find": Message("Find in the plan"),
    "grants": Message("What is given"),
    "how": Message(
        "Arrow keys, Page Up, Page Down, Home and End move in the matrix. Enter on a name sorts by it; again, and it"
        " is as before."
    ),
    "legend_blocked": Message("blocked"),
    "legend_gets": Message("gets"),
    "legend_holds": Message("has now; the number counts programs"),
    "legend_left": Message("no rule mentions it, left as it is"),
    "legend_loses": Message("loses"),
    "matrix": Message("Access matrix"),
    "needs_script": Message(
        "The matrix needs JavaScript, which is off or too old here. The plan above is complete without."
    ),
    "not_done": Message("What is blocked or broken"),
    "only_changes": Message("Only what changes"),
    "order": Message("Order"),
    "overview": Message("Overview by team and tag"),
    "pick_clients": Message("Clients"),
    "pick_program": Message("Program"),
    "pick_team": Message("Team"),
    "plan": Message("Plan"),
    "removals": Message("What is removed"),
    "show": Message("Show"),
    "skip_matrix": Message("Skip to the access matrix"),
    "skip_plan": Message("Skip to the plan"),
    "theme": Message("Dark"),
    "view": Message("View"),
}
"""Of the template."""

SCRIPT = {
    "sortBy": Message("Sort by {column}"),
    "rowsShown": Message("Rows: {shown} of {all}"),
    "allTeams": Message("All teams"),
    "noTeam": Message("Without a team"),
    "allClients": Message("All clients"),
    "noTag": Message("Without a tag"),
    "tags": Message("Tags"),
    "portfolios": Message("Clients of a team"),
    "allPrograms": Message("All programs"),
    "matrix": Message("Access matrix"),
    "overview": Message("Overview by team and tag"),
    "client": Message("Client"),
    "team": Message("Team"),
    "shown": Message("Clients: {clients} of {allClients}. Consultants: {consultants} of {allConsultants}."),
    "fields": Message("Teams: {teams}. Tags: {tags}. Enter or a click opens a field."),
    "tooMany": Message(
        "That is too much to draw. Choose a team or clients, show only what changes, or open a field of the overview."
    ),
    "nothing": Message("Nothing to show with this choice."),
    "where": Message("{consultant} at {client}"),
    "none": Message("no access"),
    "has": Message("has now: {programs}"),
    "hasBare": Message("has access now, without programs"),
    "hasNot": Message("no access now"),
    "gets": Message("gets: {programs}"),
    "getsBare": Message("gets access"),
    "loses": Message("loses: {programs}"),
    "losesBare": Message("loses access"),
    "wouldGet": Message("blocked, would get: {programs}"),
    "wouldGetBare": Message("blocked, would get access"),
    "wouldLose": Message("blocked, would lose: {programs}"),
    "wouldLoseBare": Message("blocked, would lose access"),
    "left": Message("no rule mentions it, left as it is: {programs}"),
    "leftBare": Message("no rule mentions it, left as it is"),
    "delta": Message("{added} added, {removed} removed, {blocked} blocked, {held} held now"),
    "and": Message("{words} and {last}"),
}
"""Of the script."""


_BEFORE = {
    "legend_holds": Message("had before; the number counts programs"),
    "has": Message("before: {programs}"),
    "hasBare": Message("before: access, without programs"),
    "hasNot": Message("before: no access"),
    "delta": Message("{added} added, {removed} removed, {blocked} blocked, {held} held before"),
}
"""What is said otherwise where the matrix is of what the YAML gave before a change of it, and nobody asked the bureau."""


def words(table: Mapping[str, Message], view: View, say: Catalogue) -> Mapping[str, str]:
    """One of the tables in a language, by the names that the page has for them.

    Args:
        table: PAGE or SCRIPT.
        view: which question the page answers.
        say: the language.
    """
    before = _BEFORE if view is View.DIFF else {}
    return {name: say.text(before.get(name, message).text) for name, message in table.items()}
