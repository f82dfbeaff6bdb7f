"""The README keeps its promises: its program runs, its commands exist, its table is true."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.own_loopback import without_joining_anybody
from tools.house_rules import ROOT

README = (ROOT / "README.md").read_text("utf-8")
HELLO = ROOT / "examples" / "hello.py"


def fenced(language: str) -> list[str]:
    """Return the code blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_program_in_the_readme_is_the_example_word_for_word() -> None:
    assert fenced("python") == [HELLO.read_text("utf-8")]


def test_the_program_in_the_readme_prints_what_the_readme_says() -> None:
    ran = subprocess.run(
        [sys.executable, HELLO], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.stdout, ran.stderr, ran.returncode) == ("Hello, world!\n", "", 0)
    assert "Hello, world!" in "".join(fenced("text"))


def test_the_program_runs_on_another_base_when_one_word_is_changed(tmp_path: Path) -> None:
    one, another = "simpleSystemBase", "multiprocTCPBase"
    text = HELLO.read_text("utf-8")
    assert text.count(one) == 1
    assert f"`{another}`" in README
    changed = tmp_path / "hello.py"
    changed.write_text(text.replace(one, another), "utf-8")
    ran = subprocess.run(
        [sys.executable, changed],
        cwd=ROOT,
        env=without_joining_anybody(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.stdout, ran.stderr, ran.returncode) == ("Hello, world!\n", "", 0)


@pytest.mark.parametrize("name", ["simple", "tcp", "udp"])
def test_the_program_in_the_readme_of_a_base_runs(tmp_path: Path, name: str) -> None:
    readme = (ROOT / "plugins" / name / "README.md").read_text("utf-8")
    (program,) = re.findall(r"^```python\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    file = tmp_path / "program.py"
    file.write_text(program, "utf-8")
    ran = subprocess.run(
        [sys.executable, file],
        env=without_joining_anybody(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.stdout == "Hello, world!\n", ran.stderr


def test_every_block_that_is_python_says_so() -> None:
    for block in re.findall(r"^```(?:\w+)?\n(.*?)^```", README, re.MULTILINE | re.DOTALL):
        try:
            tree = ast.parse(block)
        except SyntaxError:
            continue
        is_code = any(isinstance(node, (ast.Import, ast.ImportFrom, ast.ClassDef)) for node in ast.walk(tree))
        assert not is_code or block in fenced("python")


def test_every_make_target_in_the_readme_exists() -> None:
    targets = set(re.findall(r"\bmake ([a-z]+)\b", README))
    assert {"demo", "test"} <= targets
    assert targets <= set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_every_file_that_the_readme_links_to_exists() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("folder", sorted(ROOT.glob("plugins/*/")), ids=lambda folder: folder.name)
def test_the_table_says_of_each_distribution_whether_it_is_there(folder: object) -> None:
    name = f"thespian-{getattr(folder, 'name', '')}"
    (row,) = re.findall(rf"^\| `{name}` \|.*\|$", README, re.MULTILINE)
    is_there = (ROOT / "plugins" / name.removeprefix("thespian-") / "pyproject.toml").is_file()
    said = row.split("|")[-2].strip()
    assert said == ("yes" if is_there else "not yet")
