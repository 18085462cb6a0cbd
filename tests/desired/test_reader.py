"""The reader against PyYAML's own, and against what nobody should write."""

from __future__ import annotations

import gc
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired.reader import read_yaml
from reconciler.desired.source import Source
from reconciler.desired.syntax import DEPTH

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"], exclude_characters="\ufeff"),
    max_size=8,
)
values = st.recursive(
    words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=20,
)
styles = st.fixed_dictionaries(
    {
        "default_flow_style": st.sampled_from([True, False, None]),
        "default_style": st.sampled_from([None, '"', "'"]),
        "width": st.sampled_from([10, 1000]),
        "indent": st.integers(2, 6),
        "line_break": st.sampled_from(["\n", "\r\n"]),
    }
)


def as_yaml(value, style) -> str:
    return yaml.dump(value, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, **style)


@given(values.filter(lambda value: value != ""), styles)
def test_the_data_is_that_of_pyyaml_s_base_loader(value, style):
    text = as_yaml(value, style)
    document, findings = read_yaml(Source("f", text))
    assert document is not None, findings
    assert document.root == yaml.load(text, yaml.BaseLoader)
    assert document.root == value


def nodes(node, value=None):
    """Every node of PyYAML's, keys too, in the order of the file: its line and column."""
    yield node.start_mark.line + 1, node.start_mark.column + 1
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            for inner in pair:
                yield from nodes(inner)
    elif isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield from nodes(inner)


@given(values.filter(lambda value: value != ""), styles)
def test_every_node_stands_where_pyyaml_s_stands(value, style):
    text = as_yaml(value, style)
    document, _ = read_yaml(Source("f", text))
    positions = [document.position(node) for node in range(len(document.places))]
    composed = yaml.compose(text, yaml.CSafeLoader)
    assert [(place.line, place.column) for place in positions] == list(nodes(composed))


@given(st.dictionaries(words, values, min_size=1, max_size=5), styles)
def test_a_path_leads_to_the_node_of_its_value(value, style):
    document, _ = read_yaml(Source("f", as_yaml(value, style)))
    for node, text, path in document.scalars():
        where = document.root
        for step in path:
            where = where[step]
        if isinstance(where, str):
            assert (where, document.node(path)) == (text, node)
        else:
            assert text in where, "a key, with the path of its mapping"


def test_a_number_after_a_list_in_a_list_is_met_like_any_other():
    document, _ = read_yaml(Source("f", "a: ['', '', [], 08]\n"))
    assert document.root == {"a": ["", "", [], "08"]}
    assert len(document.unquoted) == 1


def test_the_first_of_a_repeated_key_counts_and_the_rest_keeps_its_place():
    document, _ = read_yaml(Source("f", "a: {b: c, b: [d, e], f: g}\nh: i\n"))
    assert document.root == {"a": {"b": "c", "f": "g"}, "h": "i"}
    assert str(document.position(document.node(("a", "f")))) == "f:1:25"
    assert str(document.position(document.node(("h",)))) == "f:2:4"


def codes(text: str) -> list[str]:
    return [finding.code for finding in read_yaml(Source("f", text))[1]]


@pytest.mark.parametrize(
    "text",
    ["[" * 10_000, "{a: " * 10_000, "".join(f"{' ' * i}a:\n" for i in range(2_000)), "- " * 10_000 + "x"],
    ids=["lists", "mappings", "block", "items"],
)
def test_depth_is_refused_before_any_stack_is_used(text):
    start = time.perf_counter()
    assert codes(text) == ["too-deep"]
    assert time.perf_counter() - start < 1


def test_as_deep_as_allowed():
    assert codes("[" * DEPTH + "]" * DEPTH) == []
    assert codes("[" * (DEPTH + 1) + "]" * (DEPTH + 1)) == ["too-deep"]


def test_an_alias_bomb_does_not_go_off():
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 64))
    document, findings = read_yaml(Source("f", bomb))
    assert {finding.code for finding in findings} == {"anchor", "alias"}
    assert document.root["a63"] == ["*", "*"]


def test_one_line_of_many_megabytes_is_read_and_told_about_in_a_few_words():
    text = "access: {" + ", ".join(f"r{i}: {{who: x}}" for i in range(50_000)) + ", }}"
    document, findings = read_yaml(Source("f", text))
    assert document is None
    assert [(finding.code, finding.excerpt) for finding in findings] == [("yaml-syntax", "")]


@pytest.mark.parametrize("on", [True, False])
def test_garbage_collection_is_left_as_it_was(on):
    before = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        read_yaml(Source("f", "a: b"))
        read_yaml(Source("f", "a: ["))
        assert gc.isenabled() is on
    finally:
        (gc.enable if before else gc.disable)()


@pytest.mark.parametrize(
    ("text", "quoted"), [("a: x", False), ("a: 'x'", True), ('a: "x"', True), ("a: |\n  x\n", True)]
)
def test_whether_it_was_quoted_is_remembered(text, quoted):
    document, _ = read_yaml(Source("f", text))
    assert document.quoted(2) is quoted
