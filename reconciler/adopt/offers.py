"""The schema of the YAML with what a bureau really has: its teams, tags, bundles, programs and people, to be completed.

An editor offers what it finds in a schema, and knows nothing of a register. So the words are written into a copy, as
snippets: unlike an enumeration these leave a selector free to be any text, come with the quotes that a client number
needs, and do not fill the screen when somebody asks what a key means. Programs are checked too, for a bureau has few and
knows them all: what is neither one of them nor a bundle is marked while it is typed.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.adopt.words import is_program, is_selector, key_text
from reconciler.desired.scalar import scalar
from reconciler.desired.selectors import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reconciler.desired.policy import Policy
    from reconciler.grid import Register
    from reconciler.grid.names import Names

MOST = 2_000
"""Keys of people, or of clients, that are offered; of more than these none is, as no editor and no eye is served."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A word that may be written.

    Attributes:
        word: as it is written.
        meaning: what it stands for, in the reader's language or as the bureau calls it; "" for nothing to say.
    """

    word: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Offers:
    """What a bureau has to offer, each in the order in which it is to be seen.

    Attributes:
        who: for consultants.
        clients: for clients.
        programs: for programs; all that there are.
        guardrails: names that a waiver may give.
    """

    who: tuple[Offer, ...]
    clients: tuple[Offer, ...]
    programs: tuple[Offer, ...]
    guardrails: tuple[Offer, ...]


def offers_of(
    register: Register,
    policy: Policy,
    label: Callable[[Mapping[str, str], str], str],
    words: Mapping[str, str],
) -> Offers:
    """What a register and the YAML have to offer.

    Args:
        register: of the bureau.
        policy: whose teams, bundles and guardrails are offered too.
        label: what a program is called, by its names by language and its key.
        words: what the words of selectors mean, in the reader's language: "all", "each-team", "each-team.lead",
            "team:self".
    """
    people, places, programs = register.consultants, register.clients, register.programs
    teams = sorted({*people.teams, *places.teams, *policy.sections["teams"]})
    return Offers(
        who=(
            *(Offer(word, words[word]) for word in ("all", "each-team", "each-team.lead")),
            *_words(Kind.TEAM, "team:{}", teams),
            *_words(Kind.LEAD, "team:{}.lead", teams),
            *_words(Kind.TAG, "tag:{}", sorted(people.tags)),
            *_keys(people.names, people.labels),
        ),
        clients=(
            *(Offer(word, words[word]) for word in ("all", "team:self")),
            *_words(Kind.TEAM, "team:{}", teams),
            *_words(Kind.TAG, "tag:{}", sorted(places.tags)),
            *_keys(places.names, places.labels),
        ),
        programs=(
            Offer("all", words["all"]),
            *(Offer(f"+{name}", _listed(one.value)) for name, one in policy.sections["bundles"].items()),
            *(
                Offer(name, label(programs.labels[number], name))
                for number, name in enumerate(programs.names)
                if programs.package >> number & 1 and is_program(name)
            ),
        ),
        guardrails=tuple(
            Offer(name)
            for kind in ("never-together", "require", "expressions")
            for name in policy.sections[f"guardrails.{kind}"]
        ),
    )


def with_offers(schema: Mapping[str, Any], offers: Offers, no_program: str) -> dict[str, Any]:
    """The schema of the YAML with what a bureau has to offer.

    Args:
        schema: `schemas/policy.schema.json`, in any language.
        offers: what is written into the copy.
        no_program: what is said of a word that is no program of the bureau package.
    """
    found = copy.deepcopy(dict(schema))
    definitions = found["$defs"]
    team = definitions["team"]["properties"]
    for definition, words in (
        (definitions["who"], offers.who),
        (definitions["clients"], offers.clients),
        (definitions["programs"], offers.programs),
        (definitions["together"]["items"], offers.programs),
        (team["members"], offers.who),
        (team["clients"], offers.clients),
        (definitions["waiver"]["properties"]["guardrail"], offers.guardrails),
    ):
        _offer(definition, words)
    programs = "|".join(re.escape(one.word) for one in offers.programs)
    only = {"pattern": rf"^({programs}|\+.*)$", "patternErrorMessage": no_program}
    definitions["programs"].update(only)
    definitions["programs"]["items"].update(only)
    return found


def _offer(definition: dict[str, Any], words: Iterable[Offer]) -> None:
    """Offer words where a text may stand, alone or in a list; the examples, of another bureau, go."""
    snippets = [
        {"label": one.word, "description": one.meaning or one.word, "body": _snippet(one.word)}
        for one in words
    ]
    definition.pop("examples", None)
    definition["defaultSnippets"] = snippets
    if "items" in definition:
        definition["items"]["defaultSnippets"] = snippets


def _snippet(word: str) -> str:
    """A word as it is typed: in quotes where YAML would take it for something else, safe from being a placeholder."""
    return re.sub(r"([$}\\])", r"\\\1", scalar(word, flow=True))


def _words(kind: Kind, form: str, names: Iterable[str]) -> list[Offer]:
    """Words of selectors, without those that would be read otherwise."""
    return [Offer(form.format(name)) for name in names if is_selector(form.format(name), kind, name)]


def _keys(names: Names, labels: Iterable[str]) -> list[Offer]:
    if len(names) > MOST:
        return []
    offers = ((key_text(key), label) for key, label in zip(names, labels, strict=True))
    return [Offer(text, label) for text, label in offers if text]


def _listed(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(value)
