"""The canonical shape: what it looks like, and that it changes nothing that a file says."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired import load
from reconciler.desired.fmt import format_file, format_text
from reconciler.desired.scalar import scalar
from reconciler.desired.tree import parse_tree
from reconciler.errors import InputError
from tests.support.policies import write

ROOT = Path(__file__).parents[2]

UNTIDY = """\
# yaml-language-server: $schema=../schemas/policy.schema.json
# What this file is about.
never:
    z: {who: all, clients: [ '1062' ], reason: "no, never"}
access:   # beats nothing

      # the first rule,
      # in two lines

      own-team:
        programs:
        - 'books'   # what they are for
        - pay
        clients: 'team:self'
        who: each-team   # everybody

        # a thought that ends the rule
      cover:
            reason: |
               for Eva
               and for Bo
            until: "2027-03-31"    # the last day
            clients:
            - "1041"
            - '1042'
            who: 'anna@x.se'
            programs: "all"
            except: [{programs: [pay]}, {who: "!team:lund", clients:
              team:lund}]
      # old: {who: anna@x.se, clients: ["1041"], programs: []}
# this is about the bureau
bureau:     'byra'
# the end
"""

TIDY = """\
# yaml-language-server: $schema=../schemas/policy.schema.json

# this is about the bureau
bureau: byra

access:  # beats nothing
  # the first rule,
  # in two lines

  own-team:
    who: each-team  # everybody
    clients: team:self
    programs:
      - books  # what they are for
      - pay

    # a thought that ends the rule

  cover:
    who: anna@x.se
    clients: ["1041", "1042"]
    programs: all
    except:
      - {programs: [pay]}
      - {who: "!team:lund", clients: team:lund}
    until: 2027-03-31  # the last day
    reason: |
      for Eva
      and for Bo
  # old: {who: anna@x.se, clients: ["1041"], programs: []}

# What this file is about.
never:
  z: {who: all, clients: ["1062"], reason: "no, never"}
# the end
"""


def test_an_untidy_file_becomes_this():
    assert format_text(UNTIDY) == TIDY
    assert format_text(TIDY) == TIDY


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("bundles:\n  a:\n  - x\n  - z\n", "bundles:\n  a: [x, z]\n"),
        ("bundles: {a: [x], b: [z]}", "bundles: {a: [x], b: [z]}\n"),
        ("bundles: {a: [x], # why\n b: [z]}", "bundles:\n  a: [x]  # why\n  b: [z]\n"),
        ("bundles:\n  a: [ # why\n x]\n", "bundles:\n  a: [x]  # why\n"),
        ("bundles:\n  a: [x\n   # last\n  ]\n", "bundles:\n  a:\n    - x\n    # last\n"),
        ("bundles:\n  a: [x]\n  # b: [y]\nbureau: z", "bureau: z\n\nbundles:\n  a: [x]\n  # b: [y]\n"),
        ("access:\n  # nothing yet\nbureau: z\n", "bureau: z\n\naccess:\n  # nothing yet\n"),
        ("bureau: # why\n  z\n", "bureau: z  # why\n"),
        ("bureau:\n  # why\n  z\n", "# why\nbureau: z\n"),
        ("bureau: z # one\n# two\n", "bureau: z  # one\n# two\n"),
        ("--- # one\nbureau: z\n...\n# two\n", "# one\nbureau: z\n# two\n"),
        ("bureau: 'yes'\n", 'bureau: "yes"\n'),
        ('bureau: "it\'s"\n', "bureau: it's\n"),
        ("bureau: 'say \"x\"'\n", 'bureau: say "x"\n'),
        ("bureau: '\"x\": y'\n", "bureau: '\"x\": y'\n"),
        ("bureau: 0x1f\n", 'bureau: "0x1f"\n'),
        ("bureau: å ä\r\n", "bureau: å ä\n"),
        ("renames:\n  clients: {'2042':   '1042'}\n", 'renames:\n  clients: {"2042": "1042"}\n'),
    ],
)
def test_small_things(written, canonical):
    assert format_text(written) == canonical
    assert format_text(canonical) == canonical


def test_what_is_too_long_for_a_line_is_broken():
    clients = [str(1000 + i) for i in range(30)]
    text = format_text(
        f"access:\n  a: {{who: x, clients: {json.dumps(clients)}, programs: [b], reason: {'why ' * 40}}}\n"
    )
    assert max(map(len, text.splitlines())) <= 110
    assert '    clients:\n      - "1000"\n      - "1001"\n' in text
    assert "    reason: >-\n      why why" in text


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "a: [\n", "- a\n", "a: &x b\n", "a: 1\na: 2\n", "a: \u202e\n"]
)
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(InputError):
        format_text(text)


@pytest.mark.parametrize("path", sorted((ROOT / "policies").glob("*.yaml")), ids=lambda path: path.name)
def test_the_example_is_in_canonical_shape(path):
    before, after = format_file(path)
    assert before == after


def docs():
    for page in (ROOT / "README.md", ROOT / "docs" / "yaml.md"):
        found = re.findall(r"^```yaml\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
        for number, text in enumerate(found):
            yield pytest.param(text, id=f"{page.name} {number}")


@pytest.mark.parametrize("text", list(docs()))
def test_the_yaml_of_the_docs_is_in_canonical_shape(text):
    assert format_text(text) == text


# Properties: a policy is drawn, and written as untidily as YAML allows.

WORDS = [
    "a",
    "team:x",
    "!tag:y",
    "1042",
    "0",
    "yes",
    "a: b",
    "a #b",
    "x,y",
    "å",
    "'",
    '"',
    "\\",
    "[x",
    "2%",
    "-",
]
words = st.sampled_from(WORDS)
names = st.sampled_from(["r1", "r-2", "1042", "no", "övrigt"])
texts = words | st.lists(words, min_size=1, max_size=4)
blocks = st.fixed_dictionaries({}, optional={"who": texts, "clients": texts, "programs": texts}).filter(bool)
rules = st.fixed_dictionaries(
    {"who": texts, "clients": texts, "programs": st.lists(words, max_size=3)},
    optional={
        "except": blocks | st.lists(blocks, min_size=1, max_size=2),
        "until": st.just("2027-03-31"),
        "reason": st.sampled_from(
            ["why", "12", "two\nlines", "two\nlines\n", " odd\n\nlines ", "long " * 30 + "end"]
        ),
        "previously": names,
    },
)
sections = st.dictionaries(names, rules, min_size=1, max_size=3)
policies = st.fixed_dictionaries(
    {},
    optional={
        "bureau": words,
        "manage": st.fixed_dictionaries({"clients": texts}, optional={"taken-over": blocks | words}),
        "guardrails": st.fixed_dictionaries(
            {},
            optional={
                "limits": st.dictionaries(st.sampled_from(["grants", "removals"]), st.just("10"), min_size=1),
                "protected": blocks | st.lists(blocks, min_size=1, max_size=2),
                "never-together": st.dictionaries(names, blocks | st.lists(words, min_size=1, max_size=3)),
            },
        ).filter(bool),
        "bundles": st.dictionaries(names, st.lists(words, max_size=3), min_size=1),
        "access": sections,
        "never": sections,
        "renames": st.fixed_dictionaries({"clients": st.dictionaries(names, words, min_size=1)}),
        "unknown": texts,
    },
).filter(bool)


class Untidy:
    """Writes data with random quotes, indentation, brackets, order, comments and empty lines."""

    def __init__(self, rng):
        self.rng, self.comments = rng, 0

    def comment(self):
        self.comments += 1
        return f"# comment {self.comments}" + self.rng.choice(["", ' "quoted"', " # again", ": x", "  "])

    def inline(self):
        return self.rng.choice([" ", "   "]) + self.comment() if self.rng.random() < 0.2 else ""

    def own(self, indent):
        lines = []
        while self.rng.random() < 0.3:
            lines.append(
                ""
                if self.rng.random() < 0.4
                else " " * self.rng.choice([indent, indent, 0, 9]) + self.comment()
            )
        return lines

    def scalar(self, text, flow=False):
        choices = [json.dumps(text, ensure_ascii=self.rng.random() < 0.5), scalar(text, flow=flow)]
        if "\n" not in text:
            choices.append("'" + text.replace("'", "''") + "'")
        return self.rng.choice(choices)

    def flow(self, value, gap):
        if isinstance(value, str):
            return self.scalar(value, flow=True)

        def space():
            return self.rng.choice(["", " ", f"\n{gap}", f" {self.comment()}\n{gap}"])

        if isinstance(value, dict):
            inner = [
                f"{space()}{self.scalar(k, flow=True)}: {self.flow(v, gap)}{space()}"
                for k, v in value.items()
            ]
            return "{" + ",".join(inner) + "}"
        return "[" + ",".join(f"{space()}{self.flow(v, gap)}{space()}" for v in value) + "]"

    def below(self, value, indent):
        """Lines for a value that follows “key:” or “-”; the first continues the line."""
        if isinstance(value, str):
            return [" " + self.scalar(value) + self.inline()]
        if not value or self.rng.random() < 0.4:
            return (" " + self.flow(value, " " * (indent + 1)) + self.inline()).split("\n")
        deeper = indent + self.rng.choice([1, 2, 4])
        return [self.inline(), *self.lines(value, deeper)]

    def lines(self, value, indent):
        lines = []
        pad = " " * indent
        if isinstance(value, dict):
            entries = list(value.items())
            self.rng.shuffle(entries)
            for key, inner in entries:
                first, *rest = self.below(inner, indent)
                lines += [*self.own(indent), f"{pad}{self.scalar(key)}:{first}", *rest]
        else:
            for inner in value:
                first, *rest = self.below(inner, indent)
                lines += [*self.own(indent), f"{pad}-{first}", *rest]
        return lines + self.own(indent)


@st.composite
def untidy(draw):
    writer = Untidy(random.Random(draw(st.integers(0, 2**32))))
    return "\n".join(writer.lines(draw(policies), 0)) + "\n"


def comments(text):
    """The comments of a text; in what is drawn “# comment” stands in nothing else."""
    return sorted(line.rstrip() for line in re.findall(r"# comment.*", text))


@given(untidy())
def test_nothing_is_lost_and_twice_is_once(text):
    once = format_text(text)  # compares the data and the comments itself, and raises where they differ
    assert format_text(once) == once
    assert comments(once) == comments(text)
    assert comments(once) == sorted(parse_tree(text).comments())
    assert not any(line != line.rstrip() for line in once.splitlines())


def test_the_digest_stays(tmp_path):
    policy = TIDY.replace("# old", "old")
    before = load(write(tmp_path, a=policy)).digest
    assert load(write(tmp_path, a=UNTIDY.replace("# old", "old"))).digest == before
