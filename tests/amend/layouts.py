"""Random small policies, written in all the ways in which people write YAML."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from reconciler.amend import Choice
from reconciler.desired import pick
from reconciler.desired.policy import EMPTY
from reconciler.grid import Clients, Consultants, OperationKind, Programs, Register
from reconciler.grid.register import Client, Consultant, Program

DAY = date(2027, 1, 15)
DAYS = [DAY + timedelta(days=n) for n in (-40, -1, 0, 1, 30, 60)]
PEOPLE = ["anna", "bo", "cia", "dan", "eva"]
COMPANIES = ["1041", "0042", "no", "1051", "7 & 8"]
PROGRAMS = ["books", "pay", "bills"]
WHO = ["all", "team:s", "team:t.lead", "tag:x", "each-team", "each-team.lead", "team:s & !tag:x"]
WHERE = ["all", "team:s", "tag:x", "team:t | tag:x", "team:s & !tag:x"]
TEAMS = ["s", "t"]
REASONS = ["", "", "agreed", "cover: Eva's leave"]


def key_of(name: str) -> str:
    """A name as a selector."""
    return f'"{name}"' if " " in name else name


@st.composite
def registers(draw) -> Register:
    """Five consultants, one perhaps gone, and five clients, in teams and with tags by chance."""
    tags = st.sampled_from([(), (), ("x",)])
    return Register(
        "b",
        "B",
        "Europe/Stockholm",
        Consultants.build(
            Consultant(
                key,
                key.title(),
                active=key != "eva" or draw(st.booleans()),
                tags=draw(tags),
                teams=("s",)
                if key == "bo"
                else tuple(sorted(draw(st.sets(st.sampled_from(TEAMS), max_size=2)))),
                leads=("t",) if key == "anna" else tuple(draw(st.sets(st.sampled_from(TEAMS), max_size=1))),
            )
            for key in PEOPLE
        ),
        Clients.build(
            Client(key, key, tags=draw(tags), team=draw(st.sampled_from([*TEAMS, None]))) for key in COMPANIES
        ),
        Programs.build([*map(Program, PROGRAMS), Program("bank", in_package=False)]),
    )


def side(names: list[str], words: list[str]):
    """One text, or a list of names and selectors."""
    keys = st.sampled_from([*map(key_of, names)])
    several = st.lists(keys, unique=True, min_size=1, max_size=3)
    mixed = st.lists(st.one_of(keys, keys, st.sampled_from(words)), unique=True, min_size=1, max_size=3)
    return st.one_of(keys, several, several, mixed, st.sampled_from(words))


PROGRAM_LISTS = st.one_of(
    st.lists(st.sampled_from([*PROGRAMS, "+office"]), unique=True, max_size=3), st.just("all")
)


@st.composite
def blocks(draw):
    """An exception."""
    block = {
        "who": draw(side(PEOPLE, ["tag:x", "team:s"])),
        "clients": draw(side(COMPANIES, ["tag:x"])),
        "programs": draw(st.lists(st.sampled_from(PROGRAMS), unique=True, min_size=1, max_size=2)),
    }
    kept = draw(st.sets(st.sampled_from(sorted(block)), min_size=1))
    return {key: said for key, said in block.items() if key in kept}


@st.composite
def rules(draw, plain):
    """A rule; a plain one names everybody and everything, and has neither exceptions nor a reason of its own."""
    if plain:
        keys = [st.sampled_from([*map(key_of, names)]) for names in (PEOPLE, COMPANIES)]
        who, clients = (
            draw(st.one_of(key, st.lists(key, unique=True, min_size=1, max_size=3))) for key in keys
        )
        return {"who": who, "clients": clients, "programs": draw(PROGRAM_LISTS)}
    who = draw(side(PEOPLE, WHO))
    each = any("each-team" in text for text in ([who] if isinstance(who, str) else who))
    where = [*WHERE, "team:self", "team:self & tag:x"] if each else WHERE
    said = {"who": who, "clients": draw(side(COMPANIES, where)), "programs": draw(PROGRAM_LISTS)}
    holes = draw(st.one_of(st.none(), st.none(), blocks(), st.lists(blocks(), min_size=1, max_size=3)))
    if holes is not None:
        said["except"] = holes
    start, until = (
        draw(st.sampled_from([None, None, None, *DAYS])),
        draw(st.sampled_from([None, None, *DAYS])),
    )
    reason = draw(st.sampled_from(REASONS))
    if start is not None and (until is None or start <= until):
        said["from"] = start.isoformat()
    if until is not None:
        said["until"] = until.isoformat()
        reason = reason or "it ends"
    if reason:
        said["reason"] = reason
    return said


@st.composite
def denials(draw):
    """A rule that forbids something."""
    said = {"who": draw(side(PEOPLE, ["tag:x"])), "clients": draw(side(COMPANIES, ["tag:x"]))}
    if draw(st.booleans()):
        said["programs"] = draw(st.lists(st.sampled_from(PROGRAMS), min_size=1, unique=True))
    day = draw(st.sampled_from([None, None, *DAYS]))
    return (
        said
        if day is None
        else {**said, draw(st.sampled_from(["from", "until"])): day.isoformat(), "reason": "x"}
    )


def selected(register: Register, said: str) -> tuple[str, ...]:
    """The clients that a selector means."""
    flags = pick(EMPTY, register, [], [said])[1]
    return tuple(name for name, flag in zip(register.clients.names.all, flags, strict=True) if flag)


def where_tag(register: Register) -> bool:
    """Whether any client has the tag."""
    return "x" in register.clients.tags


@st.composite
def choices(draw, register: Register) -> Choice:
    """What somebody chooses; now and then clients are chosen by a selector."""
    words = ["", "", *(word for word in WHERE if (where_tag(register) or "tag" not in word))]
    said = draw(st.sampled_from(words))
    clients = selected(register, said) if said else ()
    kind = draw(st.sampled_from(OperationKind))
    gives = kind is OperationKind.GIVE_ACCESS
    until = draw(st.sampled_from([None, None, *(day for day in DAYS if day >= DAY)])) if gives else None
    reason = draw(st.sampled_from(REASONS)) or ("it ends" if until else "")
    return Choice(
        kind,
        tuple(draw(st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1, max_size=3))),
        clients or tuple(draw(st.lists(st.sampled_from(COMPANIES), unique=True, min_size=1, max_size=3))),
        tuple(
            draw(st.lists(st.sampled_from(PROGRAMS), unique=True, min_size=not gives, max_size=3))
            if kind is not OperationKind.REMOVE_ACCESS
            else []
        ),
        reason,
        said=said if clients else "",
        until=until,
        ticket=draw(st.sampled_from(["", "", "BYR-1"])),
    )


class Writer:
    """Writes YAML in a style that is drawn anew for each rule and each list."""

    def __init__(self, draw) -> None:
        self.draw = draw

    def one_of(self, *options):
        return self.draw(st.sampled_from(options))

    def text(self, text: str, *, number: bool = True) -> str:
        if '"' in text or "'" in text or ": " in text or text.startswith("!"):
            return "'" + text.replace("'", "''") + "'"
        plain = not (number and (text.isdigit() or text == "no")) and "|" not in text and "&" not in text
        return self.one_of(f'"{text}"', f"'{text}'", *([text, text] if plain else []))

    def flow(self, said) -> str:
        if isinstance(said, str):
            return self.text(said)
        if isinstance(said, dict):
            return "{" + ", ".join(f"{key}: {self.typed(key, one)}" for key, one in said.items()) + "}"
        space = self.one_of("", " ")
        return f"[{space}" + self.one_of(", ", " , ", ",  ").join(map(self.flow, said)) + f"{space}]"

    def typed(self, key: str, said) -> str:
        return self.text(said, number=False) if key in {"from", "until", "reason"} else self.flow(said)

    def aside(self) -> str:
        return self.one_of("", "", "", "  # aside", " # about anna")

    def comments(self, indent: int) -> list[str]:
        return (
            [" " * indent + self.one_of("# a word", "#no space", "# about 1041")]
            if self.one_of(0, 0, 1)
            else []
        )

    def entry(self, key: str, said, indent: int, step: int) -> list[str]:
        """The lines of a key and its value."""
        start = " " * indent + f"{key}:"
        style = self.one_of("flow", "flow", "lines", "wrapped")
        if isinstance(said, str) or not said or style == "flow":
            return [f"{start} {self.typed(key, said)}{self.aside()}"]
        if isinstance(said, dict):
            lines = [
                line for one, inner in said.items() for line in self.entry(one, inner, indent + step, step)
            ]
            return [start + self.aside(), *lines]
        if style == "wrapped" and all(isinstance(one, str) for one in said):
            inner = [f"{' ' * (indent + step)}{self.text(one)},{self.aside()}" for one in said[:-1]]
            last = f"{' ' * (indent + step)}{self.text(said[-1])}{self.one_of('', ',')}{self.aside()}"
            return [f"{start} [", *inner, last, " " * (indent + self.one_of(0, 1)) + "]"]
        deep = indent + self.one_of(0, step)
        lines = []
        for one in said:
            lines += self.comments(deep)
            if isinstance(one, dict) and self.one_of(True, False):
                pieces = [line for k, inner in one.items() for line in self.entry(k, inner, deep + 2, 2)]
                lines += [f"{' ' * deep}- {pieces[0].lstrip()}", *pieces[1:]]
            else:
                lines.append(f"{' ' * deep}- {self.flow(one)}{self.aside()}")
        return [start, *lines]

    def rule(self, name: str, said, indent: int) -> list[str]:
        lines = self.comments(indent)
        if self.one_of(0, 0, 1):
            return [*lines, f"{' ' * indent}{name}: {self.flow_rule(said)}{self.aside()}"]
        step = self.one_of(2, 2, 3, 4)
        lines.append(f"{' ' * indent}{name}:{self.aside()}")
        for key, inner in said.items():
            lines += self.comments(indent + step)
            lines += self.entry(key, inner, indent + step, step)
        return lines

    def flow_rule(self, said) -> str:
        return "{" + ", ".join(f"{key}: {self.typed(key, inner)}" for key, inner in said.items()) + "}"

    def file(self, sections) -> str:
        lines = self.comments(0)
        for section, entries in sections.items():
            indent = self.one_of(2, 2, 4)
            lines.append(f"{section}:")
            for name, said in entries.items():
                lines += self.rule(name, said, indent)
                lines += [""] * self.one_of(0, 1, 1, 2)
            lines += self.comments(self.one_of(0, indent))
        return "\n".join(lines) + self.one_of("\n", "\n", "")


@st.composite
def folders(draw, named) -> dict[str, str]:
    """The texts of a policy folder: one or two files with rules, one with denials and a bundle."""
    writer = Writer(draw)
    cut = draw(st.integers(0, len(named)))
    parts = [dict(list(named.items())[:cut]), dict(list(named.items())[cut:])]
    texts = {
        f"{name}.yaml": writer.file({"access": part}) for name, part in zip("ab", parts, strict=True) if part
    }
    forbidden = {f"n{n}": draw(denials()) for n in range(draw(st.sampled_from([0, 0, 0, 1, 2])))}
    texts["c.yaml"] = "bundles: {office: [books, bills]}\n" + (
        writer.file({"never": forbidden}) if forbidden else ""
    )
    if draw(st.booleans()):
        texts = {name: text.replace("\n", "\r\n") for name, text in texts.items()}
    return texts


def like(draw, choice: Choice, said) -> Choice:
    """A choice that has some of its sides from a rule or from one of its exceptions."""
    holes = said.get("except", [])
    inner = draw(st.sampled_from([{}, *([holes] if isinstance(holes, dict) else holes)]))
    block = {**said, **inner}

    other = draw(st.sampled_from(["", "who", "clients", "programs"]))

    def named(key: str, names: list[str], otherwise: tuple[str, ...]) -> tuple[str, ...]:
        written = [block[key]] if isinstance(block[key], str) else block[key]
        keys = tuple(name for name in names if key_of(name) in written or written == ["all"])
        return keys if keys and key != other else otherwise

    gives = choice.kind is OperationKind.GIVE_ACCESS
    until = date.fromisoformat(said["until"]) if "until" in said else None
    until = until if gives and until is not None and until >= DAY else choice.until
    clients = named("clients", COMPANIES, choice.clients)
    return replace(
        choice,
        consultants=named("who", PEOPLE, choice.consultants),
        clients=clients,
        said=choice.said if clients == choice.clients else "",
        programs=choice.programs and named("programs", PROGRAMS, choice.programs),
        until=until,
        reason=said.get("reason", choice.reason) or ("it ends" if until else ""),
        ticket="",
    )


@st.composite
def cases(draw) -> tuple[dict[str, str], Register, Choice]:
    """A policy folder, a register, and a choice."""
    register = draw(registers())
    named = {f"r{n}": draw(rules(draw(st.booleans()))) for n in range(draw(st.integers(0, 5)))}
    choice = draw(choices(register))
    if named and draw(st.integers(0, 3)):
        choice = like(draw, choice, draw(st.sampled_from(list(named.values()))))
    return draw(folders(named)), register, choice
