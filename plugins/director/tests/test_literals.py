"""Settings are read, and never run."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thespian_director.literals import NAMES, BadLiteral, read_literal

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=30)
@given(plain)
def test_what_python_prints_is_read_as_the_same_value(value: object) -> None:
    assert read_literal(repr(value), "x.cfg") == value


def test_the_allowed_names_have_their_values() -> None:
    text = "{'name': os.name, 'v': sys.version_info, 'both': 'a' + os.sep + 'b', 'n': 1+2j, 'm': -3}"
    assert read_literal(text, "x.cfg") == {
        "name": os.name,
        "v": tuple(sys.version_info),
        "both": f"a{os.sep}b",
        "n": 1 + 2j,
        "m": -3,
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_allowed_name_can_be_read(name: str) -> None:
    assert read_literal(name, "x.cfg") == NAMES[name]


def test_a_name_is_allowed_where_it_is_given() -> None:
    assert read_literal("logdir", "x.cfg", {"logdir": "/logs"}) == "/logs"
    with pytest.raises(BadLiteral, match="x.cfg, line 1: the name logdir is not known here"):
        read_literal("logdir", "x.cfg")


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("__import__('os').system('true')", 1, "a call is not allowed"),
        ("\n\n{'a': 1,\n 'b': open('f')}", 4, "a call is not allowed"),
        ("{'a':\n os.environ}", 2, "the name os.environ is not known"),
        ("{'a':\n os.path.sep}", 2, "the name os.path.sep is not known"),
        ("os.sep.join", 1, "the name os.sep.join is not known"),
        ("[x for x in ()]", 1, "an expression (ListComp) is not allowed"),
        ("f'{os.sep}'", 1, "an expression (JoinedStr) is not allowed"),
        ("lambda: 0", 1, "an expression (Lambda) is not allowed"),
        ("(x := 1)", 1, "an expression (NamedExpr) is not allowed"),
        ("{**{}}", 1, "this is no plain value"),
        ("{[]: 1}", 1, "this is no plain value"),
        ("'a' * 1000000000", 1, "this is no plain value"),
        ("1 + 1", 1, "this is no plain value"),
        ("{'a': 1,\n'b' 2}", 2, ""),
        ("", 1, ""),
        ("\n\nimport os", 3, ""),
        ("(" * 10_000, 1, ""),
    ],
)
def test_all_else_is_refused_with_its_line(text: str, line: int, why: str) -> None:
    with pytest.raises(BadLiteral) as refused:
        read_literal(text, "x.cfg")
    said = str(refused.value)
    assert said.startswith(f"x.cfg, line {line}: ") or text.startswith("((")
    assert why in said


def test_a_text_with_null_characters_is_refused() -> None:
    with pytest.raises(BadLiteral, match="x.cfg"):
        read_literal("'a\0b'", "x.cfg")
