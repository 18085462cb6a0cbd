"""An explanation as an answer to an office manager: yes or no first, then by which rule, then what happens.

In sentences, for whatever lays them out: `text/explain.py` in lines, `web/policy/explaining.py` as a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.desired import RuleKind, Standing
from reconciler.formats.names import FOLD, Namer
from reconciler.formats.reasons import reason_text
from reconciler.formats.safe import short
from reconciler.formats.text.guardrails import fate_of, told_of
from reconciler.formats.text.wording import access_is, does, forbidden, over, program_is, would
from reconciler.plan import Change, Half
from reconciler.plan.grounds import Ground, speaks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan.explain import Covering, Edit, Explanation, Step

_MARKS = {
    Change.GIVE_ACCESS: "+",
    Change.ADD_PROGRAMS: "+",
    Change.REMOVE_PROGRAMS: "-",
    Change.REMOVE_ACCESS: "-",
}


@dataclass(frozen=True, slots=True)
class Point:
    """Something that is told of what was asked.

    Attributes:
        mark: a sign that stands before it: "*" for a rule, "+", "-", "!", "?" or "=" for what a plan does.
        text: what.
        details: what there is to say about it.
    """

    mark: str
    text: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Points under a heading."""

    title: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """An explanation in sentences.

    Attributes:
        title: what was asked.
        sentences: what should be, what is, and what else keeps it so.
        parts: the rules, the guardrails and the plan; at least one point each.
        others: how many others have it.
        names: who they are, folded; "" for nobody.
    """

    title: str
    sentences: tuple[str, ...]
    parts: tuple[Part, ...]
    others: str
    names: str


def told_explanation(
    found: Explanation, edits: Mapping[int, Edit], say: Catalogue, *, full: bool = False
) -> Told:
    """The whole answer.

    Args:
        found: what to tell.
        edits: by number of a rule, its last change, where the history is known.
        say: the language.
        full: fold no lists.
    """
    return _Teller(found, edits, say, full=full).told()


class _Teller:
    """Tells one explanation in one language."""

    def __init__(self, found: Explanation, edits: Mapping[int, Edit], say: Catalogue, *, full: bool) -> None:
        self.found, self.edits, self.say = found, edits, say
        self.name = Namer(found.register, say, None if full else FOLD)
        asked = found.asked
        self.active = bool(found.register.consultants.active[asked.consultant])
        self.program = "" if asked.program is None else self.name.program(asked.program)

    def told(self) -> Told:
        return Told(
            self.title(),
            (self.wanted(), self.present(), *self.facts()),
            (*self.rules(), *self.excepted(), *self.broken(), self.plan()),
            self.others(),
            self.name.consultants(self.found.holders) if self.found.holders else "",
        )

    def title(self) -> str:
        asked = self.found.asked
        return self.say(
            "{consultant} at {client} on {date}",
            consultant=self.name.consultant(asked.consultant),
            client=self.name.client(asked.client),
            date=self.found.date,
        )

    def wanted(self) -> str:
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
        return " ".join(told)

    def present(self) -> str:
        """What is, in a sentence."""
        found, say = self.found, self.say
        held = found.current
        if not held.access:
            return say("Has no access now.")
        if self.program and held.programs:
            return say("Has {program} now.", program=self.program)
        if self.program:
            return say("Has access now, but not {program}.", program=self.program)
        if held.programs:
            return say("Has access now, with {programs}.", programs=self.programs(held.programs))
        return say("Has access now, without programs.")

    def facts(self) -> Iterator[str]:
        """What else keeps things as they are."""
        found, say = self.found, self.say
        package = found.register.programs.package
        if outside := found.current.programs & ~package:
            yield say("Outside the bureau package: {programs}.", programs=self.programs(outside))
        unmanaged = found.current.programs & package & ~found.managed
        if unmanaged and found.ground is not Ground.UNMANAGED:
            yield say("Not managed here: {programs}.", programs=self.programs(unmanaged))
        if not found.register.clients.connected[found.asked.client]:
            yield say("The client is not connected to the bureau.")

    def rules(self) -> Iterator[Part]:
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
        for title, belongs in sections:
            mine = [c for c in self.found.coverings if belongs(rules[c.rule].kind, rules[c.rule].standing)]
            if mine:
                yield Part(title, tuple(self.covering(one) for one in mine))

    def covering(self, covering: Covering) -> Point:
        say, rule = self.say, self.found.rules[covering.rule]
        name = say("{rule}: {what}", rule=short(rule.name), what=self.what(covering))
        details = []
        if rule.reason:
            details.append(say("reason: {reason}", reason=short(rule.reason)))
        if rule.start:
            details.append(say("first day: {date}", date=rule.start))
        if rule.until:
            details.append(say("last day: {date}", date=rule.until))
        details.append(say("stands in {place}", place=f"{rule.position.file}:{rule.position.line}"))
        edit = self.edits.get(covering.rule)
        return Point("*", name, (*details, *([self.edit(edit)] if edit else [])))

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

    def excepted(self) -> Iterator[Part]:
        """Which exceptions of rules leave it out."""
        found, say = self.found, self.say
        points = []
        for one in found.excepted:
            what = say("the whole access") if one.access else self.programs(one.programs)
            place = say("the exception stands in {place}", place=f"{one.position.file}:{one.position.line}")
            name = say("{rule}: {what}", rule=short(found.rules[one.rule].name), what=what)
            points.append(Point("*", name, (place,)))
        if points:
            yield Part(say("Left out by an exception"), tuple(points))

    def broken(self) -> Iterator[Part]:
        """What guardrails find, also where somebody has accepted it."""
        say = self.say
        points = []
        for one in self.found.violations:
            own = say.wording(self.found.messages.get(one.guardrail, {}))
            programs = [self.listed(one.programs)] if one.programs else []
            points.append(Point("!", told_of(one, own, say), (*programs, say.message(fate_of(one)))))
        if points:
            yield Part(say("Guardrails"), tuple(points))

    def plan(self) -> Part:
        found, say = self.found, self.say
        points = [self.step(step) for step in found.steps]
        if found.left.access and (not self.program or found.left.programs):
            programs = (self.listed(found.left.programs),) if found.left.programs else ()
            points.append(Point("?", say("leaves it as it is, as no rule mentions it"), programs))
        if not points and found.ground is Ground.UNMANAGED:
            points.append(Point("=", say("nothing: it is not managed here")))
        elif not points:
            points.append(Point("=", say("nothing: it is what the rules say")))
        name = self.name.operator(found.operator)
        return Part(say("What a plan of {name} does", name=name), tuple(points))

    def step(self, step: Step) -> Point:
        say = self.say
        details = []
        if step.programs and step.change is Change.REMOVE_ACCESS:
            details.append(say("and with the access: {programs}", programs=self.programs(step.programs)))
        elif step.programs:
            details.append(self.listed(step.programs))
        if step.reason is not None:
            own = say.wording(self.found.messages.get(step.guardrail, {}))
            details.append(say("blocked: {reason}", reason=reason_text(step.reason, step.guardrail, own)))
            if step.could is not None and step.reason.startswith("needs-"):
                details.append(self.who_could(step.could))
        if step.change.half is Half.REMOVALS:
            details.append(self.why(step))
        if step.reason is None:
            return Point(_MARKS[step.change], say.message(does(step.change)), tuple(details))
        person = self.name.consultant(self.found.asked.consultant)
        return Point("!", say.message(would(step.change, person)), tuple(details))

    def why(self, step: Step) -> str:
        """Why something goes that is there."""
        rules = [self.found.rules[rule] for rule in step.rules]
        for ground, sentence in ((Ground.FORBIDDEN, forbidden), (Ground.ENDED, over)):
            named = [short(rule.name) for rule in rules if speaks(rule, ground)]
            if ground is Ground.ENDED and not self.active:
                return self.say("why: has left the bureau")
            if named:
                return self.say.message(sentence(len(named), self.say.listing(named)))
        return self.say("why: no rule gives it")

    def who_could(self, keys: Sequence[str]) -> str:
        others = {other.key: other for other in self.found.others or ()}
        names = [self.name.operator(others[key]) for key in keys]
        if not names:
            return self.say("who could: none of the operators")
        return self.say("who could: {names}", names=self.say.listing(names))

    def others(self) -> str:
        say, program, n = self.say, self.program, len(self.found.holders)
        if not n and program:
            return say("Nobody else has {program} at the client now.", program=program)
        if not n:
            return say("Nobody else has access to the client now.")
        if program:
            return say.count(
                "{n} other has {program} at the client now",
                "{n} others have {program} at the client now",
                n,
                program=program,
            )
        return say.count(
            "{n} other has access to the client now", "{n} others have access to the client now", n
        )

    def listed(self, mask: int) -> str:
        return self.say("programs: {programs}", programs=self.programs(mask))

    def programs(self, mask: int) -> str:
        return self.name.programs(mask)
