"""The documentation builds without a warning, and the built pages hold what the code says."""

from __future__ import annotations

import inspect
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

import thespian.actors
from tests.docs.test_pages import NOT_OURS
from thespian_core.hooks import specs
from thespian_core.hooks.loading import HOOKS
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry
from tools import layers
from tools.house_rules import ROOT

pytestmark = pytest.mark.slow


def build(builder: str, folder: Path) -> Path:
    """Build the documentation as ``make check`` does, but into a folder of the test's own."""
    out = folder / builder
    made = subprocess.run(
        [
            sys.executable,
            "-m",
            "sphinx",
            "-q",
            "-W",
            "-n",
            "-b",
            builder,
            "-d",
            folder / "trees",
            "docs",
            out,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("built")


@pytest.fixture(scope="module")
def html(folder: Path) -> Path:
    return build("html", folder)


@pytest.fixture(scope="module")
def text(folder: Path) -> Path:
    return build("text", folder)


@pytest.mark.parametrize("hook", HOOKS)
def test_the_page_of_a_hook_has_its_exact_signature_and_all_its_sections(text: Path, hook: str) -> None:
    page = (text / "plugins" / f"{hook}.txt").read_text("utf-8")
    signature = str(inspect.signature(getattr(specs, hook))).replace("'", "")
    assert f"thespian_core.hooks.specs.{hook}{signature}\n" in page
    for section in ("Returns:", "Called in", "If it raises"):
        assert section in page, section


def test_every_public_name_can_be_linked_to_under_its_public_path(html: Path) -> None:
    # Four lines of text, then the compressed list of what is documented.
    listed = zlib.decompress((html / "objects.inv").read_bytes().split(b"\n", 4)[4]).decode()
    names = [line.split()[0] for line in listed.splitlines()]
    for name in set(thespian.actors.__all__) - NOT_OURS:
        assert names.count(f"thespian.actors.{name}") == 1, name


def test_the_architecture_page_has_the_picture_of_the_layers_as_they_are(html: Path) -> None:
    assert layers.svg(ROOT) in (html / "architecture.html").read_text("utf-8")


def test_the_page_of_bases_has_every_installed_base_and_what_it_does_not_promise(text: Path) -> None:
    page = " ".join((text / "bases.txt").read_text("utf-8").split())
    registry = default_registry()
    for spec in registry.find_all(SystemBaseSpec):
        assert spec.name in page
        for reason in registry.open(SystemBaseSpec, spec.name).not_promised:
            assert reason in page
