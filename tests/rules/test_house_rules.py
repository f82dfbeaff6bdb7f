"""Every file of the project keeps the house rules, and each rule finds what breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools import house_rules
from tools.house_rules import ROOT, project_files, python_files

Rule = Callable[[str, str], Iterator[str]]


def broken(rule: Rule, files: list[Path]) -> str:
    """Return what ``rule`` says about ``files``, one sentence a line."""
    return "\n".join(
        sentence
        for file in files
        for sentence in rule(file.relative_to(ROOT).as_posix(), file.read_text("utf-8"))
    )


def is_test(file: Path) -> bool:
    return "tests" in file.relative_to(ROOT).parts


def test_every_file_says_what_it_is_and_is_short_enough_to_read() -> None:
    assert broken(house_rules.docstring_and_length, python_files()) == ""


def test_no_code_evaluates_text() -> None:
    assert broken(house_rules.evaluated_text, python_files()) == ""


def test_no_test_sleeps_or_mocks() -> None:
    assert broken(house_rules.sleeps_and_mocks, [file for file in python_files() if is_test(file)]) == ""


def test_camel_case_is_defined_only_where_programs_already_use_it() -> None:
    assert broken(house_rules.camel_case, python_files()) == ""


def test_nothing_speaks_of_one_machine_or_of_papers_the_reader_lacks() -> None:
    texts = [file for file in project_files() if b"\0" not in file.read_bytes()]
    assert broken(house_rules.machine_words, texts) == ""


@pytest.mark.parametrize(
    ("rule", "text", "said"),
    [
        (house_rules.docstring_and_length, "import ast\n", "begin the file with a docstring"),
        (house_rules.docstring_and_length, '"""A sentence that goes\non."""\n', "an empty line after it"),
        (house_rules.docstring_and_length, '"""Long."""\n' + "x = 1\n" * 300, "301 lines; split it"),
        (house_rules.evaluated_text, '"""X."""\neval("1")\n', "x.py:2: eval() runs text"),
        (house_rules.evaluated_text, "import builtins\nbuiltins.exec(text)\n", "builtins.exec() runs text"),
        (house_rules.sleeps_and_mocks, "import time\ntime.sleep(1)\n", "x.py:2: a test that sleeps"),
        (house_rules.sleeps_and_mocks, "from time import sleep\n", "x.py:1: a test that sleeps"),
        (house_rules.sleeps_and_mocks, "from unittest import mock\n", "a mock proves"),
        (house_rules.sleeps_and_mocks, "from unittest.mock import patch\n", "a mock proves"),
        (house_rules.camel_case, "def sendNow(): ...\n", "sendNow is camelCase"),
        (house_rules.camel_case, "class C:\n    myName = 1\n", "x.py:2: myName"),
        (house_rules.camel_case, "class C:\n    myName: int\n", "x.py:2: myName"),
        (house_rules.camel_case, "class C:\n    def f(self):\n        self._myName = 1\n", "_myName"),
        (house_rules.machine_words, "see " + "/home" + "/ana/thing\n", "a path of one machine"),
        (house_rules.machine_words, "as in " + "issue" + " #12\n", "means nothing to a reader"),
        (house_rules.machine_words, "as " + "design" + ".md has it\n", "means nothing to a reader"),
    ],
)
def test_a_rule_finds_what_breaks_it(rule: Rule, text: str, said: str) -> None:
    assert said in "\n".join(rule("x.py", text))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (
            house_rules.docstring_and_length,
            '"""Longer than 300 lines because it is a table."""\n' + "x = 1\n" * 300,
        ),
        (house_rules.evaluated_text, "import ast\nast.literal_eval(text)\nevaluate(text)\n"),
        (house_rules.sleeps_and_mocks, "import time\ntime.monotonic()\n"),
        (
            house_rules.camel_case,
            "class A:\n    def receiveMsg_str(self): ...\n    def receiveMessage(self): ...\n",
        ),
        (
            house_rules.camel_case,
            "def visit_ClassDef(): ...\ndef test_a_PoisonMessage_is_poison(): ...\nclass HasIt: ...\n",
        ),
        (house_rules.machine_words, "https://example.org/home/page and ~/home/x\n"),
    ],
)
def test_a_rule_is_silent_about_what_keeps_it(rule: Rule, text: str) -> None:
    assert list(rule("x.py", text)) == []


def test_camel_case_is_allowed_in_the_api() -> None:
    assert list(house_rules.camel_case("thespian_core/api/actor.py", "def createActor(): ...\n")) == []


def test_outside_git_the_files_are_found_without_hidden_and_generated_ones(tmp_path: Path) -> None:
    for name in ["a.py", "b/c.py", ".venv/d.py", "b/__pycache__/e.py", "dist/f.py"]:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    assert [file.relative_to(tmp_path).as_posix() for file in python_files(tmp_path)] == ["a.py", "b/c.py"]
