"""Records check what they are given, and open what they point to."""

from __future__ import annotations

import pickle
from typing import Any

import attrs
import pytest

from thespian_core.hooks.errors import PluginBroken
from thespian_core.hooks.records import (
    KINDS,
    CodecSpec,
    CommandSpec,
    LogFilterSpec,
    Spec,
    SystemBaseSpec,
    TransportSpec,
    open_spec,
)
from thespian_core.hooks.selection import PluginOrigin


def one_of(kind: type[Spec], **changes: Any) -> Spec:
    """Make a record with as little as can be given."""
    given: dict[str, Any] = {"opens": "json:dumps"}
    given["scheme" if kind is TransportSpec else "name"] = "thing"
    if kind is CodecSpec:
        given["tag"] = 16
    return kind(**{**given, **changes})


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_has_a_name_and_survives_pickling_and_cannot_be_changed(kind: type[Spec]) -> None:
    record = one_of(kind)
    assert record.name == "thing"
    assert pickle.loads(pickle.dumps(record)) == record
    assert hash(record) == hash(one_of(kind))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        record.opens = "json:loads"  # type: ignore[misc]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "bad", ["", "json", "json:", ":dumps", "json:dumps:x", "json.:dumps", "a b:c", "json:a.b"]
)
def test_opens_must_name_a_module_and_something_in_it(kind: type[Spec], bad: str) -> None:
    with pytest.raises(ValueError, match=rf"{kind.__name__}\.opens must look like 'package\.module:Name'"):
        one_of(kind, opens=bad)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bad", ["", "two words", "-x", "a|b", "a:b", "n\n", "n\x1b[0m"])
def test_a_name_that_could_not_be_typed_or_shown_is_refused(kind: type[Spec], bad: str) -> None:
    field = "scheme" if kind is TransportSpec else "name"
    with pytest.raises(ValueError, match=f"{kind.__name__}.{field} must be letters, digits"):
        one_of(kind, **{field: bad})


@pytest.mark.parametrize(
    ("kind", "field", "bad", "said"),
    [
        (SystemBaseSpec, "name", 5, "SystemBaseSpec.name must be str, not 5"),
        (SystemBaseSpec, "opens", open, "SystemBaseSpec.opens must be str, not <built-in"),
        (SystemBaseSpec, "transport", 5, "SystemBaseSpec.transport must be str or None, not 5"),
        (SystemBaseSpec, "version", "1", "SystemBaseSpec.version must be int, not '1'"),
        (SystemBaseSpec, "version", True, "SystemBaseSpec.version must be int, not True"),
        (SystemBaseSpec, "outlives_starter", 1, "SystemBaseSpec.outlives_starter must be bool, not 1"),
        (SystemBaseSpec, "joins_conventions", None, "joins_conventions must be bool, not None"),
        (SystemBaseSpec, "summary", None, "SystemBaseSpec.summary must be str, not None"),
        (TransportSpec, "scheme", None, "TransportSpec.scheme must be str, not None"),
        (CodecSpec, "tag", 1.5, "CodecSpec.tag must be int, not 1.5"),
        (CodecSpec, "trust", "no", "CodecSpec.trust must be bool, not 'no'"),
        (LogFilterSpec, "always", "no", "LogFilterSpec.always must be bool, not 'no'"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_by_field(
    kind: type[Spec], field: str, bad: object, said: str
) -> None:
    with pytest.raises(TypeError) as raised:
        one_of(kind, **{field: bad})
    assert said in str(raised.value)


@pytest.mark.parametrize(("field", "bad"), [("tag", -1), ("tag", 256)])
def test_a_codec_tag_is_one_byte(field: str, bad: int) -> None:
    with pytest.raises(ValueError, match=f"CodecSpec.tag must be from 0 to 255, not {bad}"):
        one_of(CodecSpec, **{field: bad})


def test_a_version_begins_with_one() -> None:
    with pytest.raises(ValueError, match="must be 1 or more, not 0"):
        one_of(SystemBaseSpec, version=0)


def test_what_is_not_said_is_the_careful_answer() -> None:
    base = SystemBaseSpec(name="b", opens="m:B")
    assert (base.transport, base.version, base.outlives_starter, base.joins_conventions) == (
        None,
        1,
        False,
        False,
    )
    assert CodecSpec(name="c", tag=16, opens="m:C").trust
    assert not LogFilterSpec(name="f", opens="m:F").always


def test_open_spec_returns_what_the_record_points_to() -> None:
    import json

    assert open_spec(CommandSpec(name="dump", opens="json:dumps")) is json.dumps


ORIGIN = PluginOrigin("tcp", "tcp_plugin", "thespian-tcp", "0.1.0")


@pytest.mark.parametrize(
    ("opens", "why"),
    [
        ("not_there:X", "ModuleNotFoundError: No module named 'not_there'"),
        ("json:not_there", "there is no 'not_there' in json"),
    ],
)
def test_what_cannot_be_opened_is_told_with_record_and_plugin(opens: str, why: str) -> None:
    record = CommandSpec(name="dump", opens=opens)
    with pytest.raises(PluginBroken) as raised:
        open_spec(record, ORIGIN)
    first = str(raised.value).splitlines()[0]
    assert first == (
        f"plugin tcp (thespian-tcp 0.1.0) is broken: cannot open {opens} for command 'dump': {why}"
    )
    assert raised.value.__cause__ is not None
    with pytest.raises(PluginBroken, match=r"^a plugin is broken: cannot open"):
        open_spec(record)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1/0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("raise type('Panic', (BaseException,), {})('gone')", "Panic: gone"),
        ("def broken(:", "SyntaxError: "),
        ("def __getattr__(name): raise OSError('no ' + name)", "OSError: no X"),
    ],
)
def test_a_module_that_fails_is_a_broken_plugin_and_nothing_else(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, text: str, why: str
) -> None:
    module = f"fails_{abs(hash(text))}"
    (tmp_path / f"{module}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(PluginBroken) as raised:
        open_spec(CommandSpec(name="dump", opens=f"{module}:X"), ORIGIN)
    assert why in raised.value.why
