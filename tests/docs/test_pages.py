"""The pages say everything that there is, once, and every piece of Python on them runs."""

from __future__ import annotations

import ast
import doctest
import importlib.util
import logging
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

import thespian.actors
from tests.docs.example_plugins import EXAMPLES, all_examples
from tests.docs.own_loopback import without_joining_anybody
from thespian.actors import ActorSystem
from thespian_core.hooks.loading import HOOKS
from thespian_core.hooks.records import KINDS, SystemBaseSpec
from thespian_core.hooks.registry import default_registry
from tools.house_rules import ROOT, project_files

DOCS = ROOT / "docs"
PAGES = [page for page in sorted(DOCS.rglob("*.rst")) if "_build" not in page.parts]
SCRIPTS = sorted(EXAMPLES.glob("*.py"))

# In ``__all__`` because existing programs get them with the star; they are the standard library's.
NOT_OURS = {"contextmanager", "inspect", "logging"}

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
every_hook = pytest.mark.parametrize("hook", HOOKS)


def page_of(hook: str) -> str:
    return (DOCS / "plugins" / f"{hook}.rst").read_text("utf-8")


def included_files() -> dict[Path, list[Path]]:
    """Return the files that pages include, and where."""
    found: dict[Path, list[Path]] = {}
    for page in PAGES:
        for name in re.findall(r"^\.\. literalinclude:: (\S+)", page.read_text("utf-8"), re.MULTILINE):
            found.setdefault((page.parent / name).resolve(), []).append(page)
    return found


def blocks(text: str) -> Iterator[str]:
    """Yield each indented block of a page that is shown as it stands."""
    shown = re.compile(
        r"(?:^|(?<=\n))(?!\.\. (?!code-block|code))[^\n]*::[^\n]*\n((?:[ \t]*\n|[ ]+[^\n]*\n)+)"
    )
    for found in shown.finditer(text):
        yield dedent(found.group(1)).strip("\n")


def is_python(block: str) -> bool:
    """Say whether a block is Python that does something, and not a doctest."""
    try:
        tree = ast.parse(block)
    except SyntaxError:
        return False
    does = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Call, ast.Assign)
    return any(isinstance(node, does) for node in ast.walk(tree))


@every_hook
def test_every_hook_has_one_page_with_its_signature_and_its_example(hook: str) -> None:
    text = page_of(hook)
    assert text.count(f".. autofunction:: thespian_core.hooks.specs.{hook}\n") == 1
    assert f"examples/{hook.removeprefix('thespian_')}/" in text
    assert f"\n   {hook}\n" in (DOCS / "plugins" / "index.rst").read_text("utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_a_hook_shows_its_record(kind: type) -> None:
    hook: str = kind.hook  # type: ignore[attr-defined]
    assert f".. autoclass:: thespian_core.{kind.__name__}\n" in page_of(hook)


def test_no_page_is_about_a_hook_that_does_not_exist() -> None:
    pages = {page.stem for page in (DOCS / "plugins").glob("thespian_*.rst")}
    assert pages == set(HOOKS)


def test_every_public_name_is_in_the_reference_exactly_once() -> None:
    documented = Counter(
        name
        for page in PAGES
        for name in re.findall(
            r"^\.\. (?:auto(?:class|exception):: thespian\.actors\.|py:data:: )(\w+)(?:\(\))?$",
            page.read_text("utf-8"),
            re.MULTILINE,
        )
    )
    assert documented == Counter(set(thespian.actors.__all__) - NOT_OURS)


def test_every_file_of_every_example_is_on_a_page() -> None:
    files = {file for file in project_files() if EXAMPLES in file.parents}
    assert files
    assert files - set(included_files()) == set()


def test_every_included_file_exists_and_is_run_by_a_test() -> None:
    tested = [EXAMPLES, ROOT / "examples", ROOT / "plugins"]
    for file, pages in included_files().items():
        assert file.is_file(), f"{pages} include {file}, which is not there"
        assert any(folder in file.parents for folder in tested), f"no test runs {file}"


def test_every_example_is_a_distribution_of_its_own_with_its_modules() -> None:
    names = [example.project["name"] for example in all_examples()]
    assert len(set(names)) == len(names) == len(HOOKS)
    for example in all_examples():
        assert example.project["name"].startswith("thespian-example-")
        for module in example.entry_points.values():
            assert (example.folder / f"{module}.py").is_file()


@pytest.fixture
def _own_logging() -> Iterator[None]:
    """Undo what a page does to the logging of the process."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before


@pytest.fixture
def _no_system_left() -> Iterator[None]:
    """Let each page begin without a system, and end the one that it leaves."""
    before, ActorSystem.systemBase = getattr(ActorSystem, "systemBase", None), None
    yield
    if getattr(ActorSystem, "systemBase", None) is not None:
        ActorSystem().shutdown()
    ActorSystem.systemBase = before
    if before is None:
        del ActorSystem.systemBase


def not_there_yet() -> set[str]:
    """Return what the last section of the page on migrating says is not there."""
    text = (DOCS / "migrating.rst").read_text("utf-8")
    return set(
        re.findall(
            r"``([^`]+)``", text.partition("What is not there yet\n")[2].partition("Nothing of this")[0]
        )
    )


def test_what_the_docs_say_is_not_there_is_not_there() -> None:
    modules = {name for name in not_there_yet() if name.startswith("thespian.")}
    assert {"thespian.troupe", "thespian.shell"} <= modules
    assert [name for name in modules if importlib.util.find_spec(name)] == []
    bases = {name for name in not_there_yet() if name.endswith("Base")}
    assert bases & set(default_registry().names(SystemBaseSpec)) == set()


@every_page
@pytest.mark.usefixtures("examples_installed", "_own_logging", "_no_system_left")
def test_what_a_page_shows_at_the_prompt_is_what_happens(page: Path) -> None:
    outcome = doctest.testfile(str(page), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert outcome.failed == 0, "see what doctest printed"


@every_page
def test_no_page_has_python_that_nobody_runs(page: Path) -> None:
    text = page.read_text("utf-8")
    assert not re.search(r"^\.\. (code-block|code|sourcecode):: *(python|py)", text, re.MULTILINE)
    assert [block for block in blocks(text) if is_python(block)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("So::\n\n    import os\n\nand on", True),
        (".. code-block::\n\n   x = f(1)\n", True),
        ("So::\n\n    $ pip install .\n", False),
        (">>> import os\n", False),
        (".. literalinclude:: x.py\n   :caption: x.py\n", False),
    ],
)
def test_python_on_a_page_is_recognised(text: str, found: bool) -> None:
    assert any(map(is_python, blocks(text))) == found


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(script, marks=pytest.mark.slow if script.name == "director_session.py" else ())
        for script in SCRIPTS
    ],
    ids=lambda script: script.name,
)
def test_a_script_prints_what_the_page_says_it_prints(script: Path) -> None:
    ran = subprocess.run(
        [sys.executable, script],
        cwd=ROOT,
        env=without_joining_anybody(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.stdout, ran.returncode) == (script.with_suffix(".txt").read_text("utf-8"), 0), ran.stderr
