"""One entry more in a file: all that stands there stays, and the YAML says one thing more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adopt.insert import insert
from reconciler.compare import edits
from reconciler.desired.folder import load_contents
from reconciler.desired.write import Note
from reconciler.invisible import unseen

NOTE = Note({"who": "a@x.se", "clients": ["1042"], "programs": ["pay"]})
ENTRY = '  new:\n    who: a@x.se\n    clients: ["1042"]\n    programs: [pay]\n'
RULE = "  r: {who: b@x.se, clients: '1', programs: [pay]}  # beside\n"

CASES = {
    "at the end": (f"access:\n{RULE}", f"access:\n{RULE}\n{ENTRY}"),
    "without a line break at the end": (f"access:\n{RULE}"[:-1], f"access:\n{RULE}\n{ENTRY}"),
    "before the next section": (
        f"access:\n{RULE}\n# about bundles\nbundles: {{s: [p]}}\n",
        f"access:\n{RULE}\n{ENTRY}\n# about bundles\nbundles: {{s: [p]}}\n",
    ),
    "right before the next section": (
        f"access:\n{RULE}bundles: {{s: [p]}}\n",
        f"access:\n{RULE}\n{ENTRY}bundles: {{s: [p]}}\n",
    ),
    "in the section's own indentation": (
        "access:\n    r:\n      who: b@x.se\n      clients: '1'\n      programs: [pay]\n",
        "access:\n    r:\n      who: b@x.se\n      clients: '1'\n      programs: [pay]\n\n"
        + ENTRY.replace("  ", "    ", 1).replace("\n    ", "\n      "),
    ),
    "with line breaks of Windows": (
        f"access:\n{RULE}".replace("\n", "\r\n"),
        f"access:\n{RULE}\n{ENTRY}".replace("\n", "\r\n"),
    ),
    "after a byte order mark": (f"\ufeffaccess:\n{RULE}", f"\ufeffaccess:\n{RULE}\n{ENTRY}"),
    "in a file without the section": ("bundles: {s: [p]}\n", f"bundles: {{s: [p]}}\n\naccess:\n{ENTRY}"),
    "after a reason of several lines": (
        "access:\n  r:\n    who: b@x.se\n    clients: '1'\n    programs: [pay]\n    reason: |\n      one\n      # two\n",
        "access:\n  r:\n    who: b@x.se\n    clients: '1'\n    programs: [pay]\n    reason: |\n      one\n      # two\n\n"
        + ENTRY,
    ),
    "behind comments at the end": (f"access:\n{RULE}  # the end\n", f"access:\n{RULE}  # the end\n\n{ENTRY}"),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_where_it_goes(before, after):
    assert insert(before, "access", "new", NOTE) == after
    found = edits(load_contents({"a.yaml": before.encode()}), load_contents({"a.yaml": after.encode()}))
    assert [(one.section, one.name, one.kind) for one in found] == [("access", "new", "new")]


@pytest.mark.parametrize("text", ["access: {r: {who: a}}\n", "access:\n", "- a\n", "", "access: [\n"])
def test_where_there_is_no_place(text):
    assert insert(text, "access", "new", NOTE) is None


HOSTILE = [
    "x\nadmin: {who: all, clients: all, programs: all}",
    "x: y",
    "# not a comment",
    "- a\n- b",
    "{who: all}",
    "'",
    '"',
    "\\",
    "!!python/object/apply:os.system [id]",
    "&a *a",
    "|\n  x",
    "no",
    "0x10",
    "2027-01-01",
    "%YAML 1.1",
    "--- x",
    "... x",
    "`id` $(id) ${{ secrets.TOKEN }}",
]


@pytest.mark.parametrize("reason", HOSTILE)
def test_a_reason_is_a_text_whatever_stands_in_it(reason):
    text = insert(f"access:\n{RULE}", "access", "new", Note({**NOTE.value, "reason": reason}))
    assert text is not None
    policy = load_contents({"a.yaml": text.encode()})
    assert policy.assignments["new"].value["reason"] == reason
    assert set(policy.assignments) == {"r", "new"}


@given(st.text(min_size=1).filter(lambda text: not any(map(unseen, text))))
def test_any_reason_is_read_again_as_it_was_written(reason):
    text = insert("bundles: {s: [p]}\n", "access", "new", Note({**NOTE.value, "reason": reason}))
    assert text is not None
    assert load_contents({"a.yaml": text.encode()}).assignments["new"].value["reason"] == reason
