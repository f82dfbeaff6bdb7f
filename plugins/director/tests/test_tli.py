"""TLI files: what they say, and in which line they are wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from plugins.director.tests.packagekit import needs_modes
from thespian_director.errors import DirectorError
from thespian_director.literals import BadLiteral
from thespian_director.tli import parse_tli, read_tli

WHOLE = """
{'Actors': {
    'foo.act.Main': {'OnLoad': {'Role': 'main', 'GlobalName': 'Main', 'Message': {'sep': os.sep}},
                     'OnDeactivate': {'Message': None},
                     'OnReactivate': {'Message': (1, 2)}},
    'foo.act.Other': {},
 },
 'AutoUnload': 2,
 'TLS_Keep_Limit': 5}
"""


def test_everything_that_a_tli_file_can_say_is_read(tmp_path: Path) -> None:
    path = tmp_path / "foo.tli"
    path.write_text(WHOLE)
    tli = read_tli(path)
    assert tli.actors == {
        "foo.act.Main": {
            "OnLoad": {"Role": "main", "GlobalName": "Main", "Message": {"sep": os.sep}},
            "OnDeactivate": {"Message": None},
            "OnReactivate": {"Message": (1, 2)},
        },
        "foo.act.Other": {},
    }
    assert (tli.path, tli.auto_unload, tli.keep_limit) == (path, 2, 5)
    assert tli.lines == {"foo.act.Main": 3, "foo.act.Other": 6}


def test_everything_may_be_left_out() -> None:
    tli = parse_tli(b"{}", Path("foo.tli"))
    assert (tli.actors, tli.auto_unload, tli.keep_limit) == ({}, False, None)
    assert parse_tli(b"{'AutoUnload': True}", Path("foo.tli")).auto_unload is True


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 1, "it must be one Python value"),
        ("[]", 1, "a TLI file is no dictionary"),
        ("\n\nimport os", 3, "it must be one Python value"),
        ("{'Actors': 1}", 1, '"Actors" is no dictionary'),
        ("{'Actors':\n {'Main': {}}}", 2, "'Main' is no name of a class"),
        ("{'Actors':\n {'foo.Main': {\n 'OnLode': {}}}}", 3, "'OnLode' is not known"),
        ("{'Actors':\n {'foo.Main': {\n 'OnLoad': {'role': 1}}}}", 3, "known are: Role, GlobalName, Message"),
        ("{'Actors':\n {'foo.Main': {\n 'OnLoad': {'Role':\n 1}}}}", 4, '"Role" is no text'),
        ("{'Actors':\n {'foo.Main': {\n 'OnDeactivate': {'Role': 'x'}}}}", 3, "'Role' is not known"),
        ("{'Actors':\n {'foo.Main': {}, \n 'foo.Main': {}}}", 3, "'foo.Main' is there twice"),
        ("{'Actors':\n {foo: {}}}", 2, "is no text"),
        ("{'Actors':\n {'foo.Main': {'OnLoad': {'Message': \n Thing()}}}}", 3, "a call is not allowed"),
        ("{'AutoUnload':\n 'yes'}", 2, "write True, False or a whole number from 1 on"),
        ("{'AutoUnload': 0}", 1, "write True, False or a whole number"),
        ("{'TLS_Keep_Limit':\n\n True}", 3, "write a whole number from 1 on"),
        ("{'TLS_Keep_Limit': 0}", 1, "write a whole number from 1 on"),
        ("{'Keep': 1}", 1, "known are: Actors, AutoUnload, TLS_Keep_Limit"),
        ("{**{}}", 1, "is no text"),
        ("__import__('os').system('x')", 1, "a call is not allowed"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(text: str, line: int, why: str) -> None:
    with pytest.raises(BadLiteral) as refused:
        parse_tli(text.encode(), Path("foo.tli"))
    said = str(refused.value)
    assert said.startswith(f"foo.tli, line {line}: ")
    assert why in said
    assert "\n  " in said, "it says how to mend it"


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(BadLiteral, match="foo.tli, line 2: this is not UTF-8"):
        parse_tli(b"{\n\xff}", Path("foo.tli"))


@needs_modes
def test_a_tli_file_that_others_can_write_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "foo.tli"
    path.write_text("{}")
    path.chmod(0o666)
    with pytest.raises(DirectorError, match="can be written by everybody"):
        read_tli(path)
    with pytest.raises(FileNotFoundError):
        read_tli(tmp_path / "absent.tli")
