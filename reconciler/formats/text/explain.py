"""An explanation as an answer to an office manager: yes or no first, then by which rule, then what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.desired import RuleKind, Standing
from reconciler.formats.names import FOLD, Namer
from reconciler.formats.reasons import reason_text
from reconciler.formats.safe import short
from reconciler.formats.text.guardrails import fate_of, told_of
from reconciler.formats.text.lines import detail, heading, item, paragraph
from reconciler.formats.text.wording import access_is, does, forbidden, over, program_is, would
from reconciler.plan import Change, Half
from reconciler.plan.grounds import Ground, speaks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan.explain import Covering, Edit, Explanation, Step

_MARKS = {
    Change.GIVE_ACCESS: "+",
    Change.ADD_PROGRAMS: "+",
    Change.REMOVE_PROGRAMS: "-",
    Change.REMOVE_ACCESS: "-",
}


def explanation_text(
    found: Explanation, edits: Mapping[int, Edit], say: Catalogue, *, full: bool = False
) -> str:
    """The whole answer, with a line break at its end.

    Args:
        found: what to tell.
        edits: by number of a rule, its last change, where the history is known.
        say: the language.
        full: fold no lists.
    """
    return "\n".join(_Writer(found, edits, say, full=full).lines()) + "\n"


class _Writer:
    """Writes one explanation in one language."""

    def __init__(self, found: Explanation, edits: Mapping[int, Edit], say: Catalogue, *, full: bool) -> None:
        self.found, self.edits, self.say = found, edits, say
        self.name = Namer(found.register, say, None if full else FOLD)
        asked = found.asked
        self.active = bool(found.register.consultants.active[asked.consultant])
        self.program = "" if asked.program is None else self.name.program(asked.program)

    def lines(self) -> list[str]:
        return [
            *self.title(),
            "",
            *self.wanted(),
            *self.present(),
            *self.facts(),
            *self.rules(),
            *self.excepted(),
            *self.broken(),
            *self.plan(),
            *self.others(),
        ]

    def title(self) -> list[str]:
        asked = self.found.asked
        return paragraph(
            self.say(
                "{consultant} at {client} on {date}",
                consultant=self.name.consultant(asked.consultant),
                client=self.name.client(asked.client),
                date=self.found.date,
            )
        )

    def wanted(self) -> list[str]:
        """What should be, in a sentence or two."""
        found, say = self.found, self.say
        if self.program:
            told = [say.message(program_is(found.ground, self.program))]
        elif found.desired.programs:
            told = [
                say("Should have access, with {programs}.", programs=self.programs(found.desired.programs))
            ]
        else:
            told = [say.message(access_is(found.ground))]
        if found.until:
            told.append(say("The last day is {date}.", date=found.until))
        return paragraph(" ".join(told))

    def present(self) -> list[str]:
        """What is, in a sentence."""
        found, say = self.found, self.say
        held = found.current
        if not held.access:
            text = say("Has no access now.")
        elif self.program and held.programs:
            text = say("Has {program} now.", program=self.program)
        elif self.program:
            text = say("Has access now, but not {program}.", program=self.program)
        elif held.programs:
            text = say("Has access now, with {programs}.", programs=self.programs(held.programs))
        else:
            text = say("Has access now, without programs.")
        return paragraph(text)

    def facts(self) -> list[str]:
        """What else keeps things as they are."""
        found, say = self.found, self.say
        lines: list[str] = []
        package = found.register.programs.package
        if outside := found.current.programs & ~package:
            text = say("Outside the bureau package: {programs}.", programs=self.programs(outside))
            lines += paragraph(text)
        unmanaged = found.current.programs & package & ~found.managed
        if unmanaged and found.ground is not Ground.UNMANAGED:
            lines += paragraph(say("Not managed here: {programs}.", programs=self.programs(unmanaged)))
        if not found.register.clients.connected[found.asked.client]:
            lines += paragraph(say("The client is not connected to the bureau."))
        return lines

    def rules(self) -> list[str]:
        say, rules = self.say, self.found.rules
        sections: tuple[tuple[str, Callable[[RuleKind, Standing], bool]], ...] = (
            (
                say("Forbidden by, whatever gives it"),
                lambda kind, standing: kind is RuleKind.DENIAL and standing is Standing.IN_FORCE,
            ),
            (
                say("Given by"),
                lambda kind, standing: kind is RuleKind.ASSIGNMENT and standing is Standing.IN_FORCE,
            ),
            (say("Will start"), lambda _, standing: standing is Standing.AHEAD),
            (say("Has ended"), lambda _, standing: standing is Standing.ENDED),
        )
        lines: list[str] = []
        for title, belongs in sections:
            mine = [c for c in self.found.coverings if belongs(rules[c.rule].kind, rules[c.rule].standing)]
            if mine:
                lines += heading(title)
                lines += [line for covering in mine for line in self.covering(covering)]
        return lines

    def covering(self, covering: Covering) -> list[str]:
        say, rule = self.say, self.found.rules[covering.rule]
        name = say("{rule}: {what}", rule=short(rule.name), what=self.what(covering))
        lines = item("*", name)
        if rule.reason:
            lines += detail(say("reason: {reason}", reason=short(rule.reason)))
        if rule.start:
            lines += detail(say("first day: {date}", date=rule.start))
        if rule.until:
            lines += detail(say("last day: {date}", date=rule.until))
        lines += detail(say("stands in {place}", place=f"{rule.position.file}:{rule.position.line}"))
        edit = self.edits.get(covering.rule)
        return lines + (detail(self.edit(edit)) if edit else [])

    def what(self, covering: Covering) -> str:
        """What a rule gives or forbids."""
        say = self.say
        programs = self.programs(covering.programs)
        if self.found.rules[covering.rule].kind is RuleKind.DENIAL:
            if covering.programs:
                return say("forbids {programs}", programs=programs)
            return say("forbids access to the client")
        if covering.programs:
            return say("gives {programs}", programs=programs)
        return say("gives access without programs")

    def edit(self, edit: Edit) -> str:
        if edit.date is None:
            return self.say("last changed: not committed yet")
        return self.say(
            "last changed: {date} by {author} (commit {commit})",
            date=edit.date,
            author=edit.author,
            commit=edit.commit[:10],
        )

    def excepted(self) -> list[str]:
        """Which exceptions of rules leave it out."""
        found, say = self.found, self.say
        lines = heading(say("Left out by an exception")) if found.excepted else []
        for one in found.excepted:
            what = say("the whole access") if one.access else self.programs(one.programs)
            lines += item("*", say("{rule}: {what}", rule=short(found.rules[one.rule].name), what=what))
            place = f"{one.position.file}:{one.position.line}"
            lines += detail(say("the exception stands in {place}", place=place))
        return lines

    def broken(self) -> list[str]:
        """What guardrails find, also where somebody has accepted it."""
        say = self.say
        lines = heading(say("Guardrails")) if self.found.violations else []
        for one in self.found.violations:
            own = say.wording(self.found.messages.get(one.guardrail, {}))
            lines += item("!", told_of(one, own, say))
            if one.programs:
                lines += detail(say("programs: {programs}", programs=self.programs(one.programs)))
            lines += detail(say.message(fate_of(one)))
        return lines

    def plan(self) -> list[str]:
        found, say = self.found, self.say
        name = self.name.operator(found.operator)
        lines = heading(say("What a plan of {name} does", name=name))
        steps = [line for step in found.steps for line in self.step(step)]
        if found.left.access and (not self.program or found.left.programs):
            steps += item("?", say("leaves it as it is, as no rule mentions it"))
            if found.left.programs:
                steps += detail(say("programs: {programs}", programs=self.programs(found.left.programs)))
        if steps:
            return lines + steps
        if found.ground is Ground.UNMANAGED:
            return lines + item("=", say("nothing: it is not managed here"))
        return lines + item("=", say("nothing: it is what the rules say"))

    def step(self, step: Step) -> list[str]:
        say = self.say
        if step.reason is None:
            lines = item(_MARKS[step.change], say.message(does(step.change)))
        else:
            person = self.name.consultant(self.found.asked.consultant)
            lines = item("!", say.message(would(step.change, person)))
        if step.programs:
            programs = self.programs(step.programs)
            if step.change is Change.REMOVE_ACCESS:
                lines += detail(say("and with the access: {programs}", programs=programs))
            else:
                lines += detail(say("programs: {programs}", programs=programs))
        if step.reason is not None:
            own = say.wording(self.found.messages.get(step.guardrail, {}))
            lines += detail(say("blocked: {reason}", reason=reason_text(step.reason, step.guardrail, own)))
            if step.could is not None and step.reason.startswith("needs-"):
                lines += detail(self.who_could(step.could))
        return lines + (self.why(step) if step.change.half is Half.REMOVALS else [])

    def why(self, step: Step) -> list[str]:
        """Why something goes that is there."""
        rules = [self.found.rules[rule] for rule in step.rules]
        for ground, sentence in ((Ground.FORBIDDEN, forbidden), (Ground.ENDED, over)):
            named = [short(rule.name) for rule in rules if speaks(rule, ground)]
            if ground is Ground.ENDED and not self.active:
                return detail(self.say("why: has left the bureau"))
            if named:
                return detail(self.say.message(sentence(len(named), self.say.listing(named))))
        return detail(self.say("why: no rule gives it"))

    def who_could(self, keys: Sequence[str]) -> str:
        others = {other.key: other for other in self.found.others or ()}
        names = [self.name.operator(others[key]) for key in keys]
        if not names:
            return self.say("who could: none of the operators")
        return self.say("who could: {names}", names=self.say.listing(names))

    def others(self) -> list[str]:
        say, holders, program = self.say, self.found.holders, self.program
        n = len(holders)
        if not n:
            text = (
                say("Nobody else has {program} at the client now.", program=program)
                if program
                else say("Nobody else has access to the client now.")
            )
            return ["", *paragraph(text)]
        title = (
            say.count(
                "{n} other has {program} at the client now",
                "{n} others have {program} at the client now",
                n,
                program=program,
            )
            if program
            else say.count(
                "{n} other has access to the client now", "{n} others have access to the client now", n
            )
        )
        return [*heading(title), *paragraph(self.name.consultants(holders), "  ")]

    def programs(self, mask: int) -> str:
        return self.name.programs(mask)
