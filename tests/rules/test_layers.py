"""Imports go down the layers only, and the checker finds those that do not."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tools import house_layers, layers
from tools.house_rules import ROOT


def tree(root: Path, files: dict[str, str]) -> Path:
    """Write ``files`` below ``root``, with the packages around them."""
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        folder = file.parent
        while folder != root and folder.name not in {"plugins", "simple"}:
            if not (folder / "__init__.py").exists():
                (folder / "__init__.py").write_text("")
            folder = folder.parent
    return root


def test_every_import_in_the_house_goes_down() -> None:
    assert "\n".join(layers.violations(ROOT)) == ""


def test_the_list_of_layers_itself_only_points_down() -> None:
    names = [layer.name for layer in house_layers.LAYERS]
    for number, layer in enumerate(house_layers.LAYERS):
        assert set(layer.may_import) <= set(names[number + 1 :]), layer.name


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "thespian_core/semantics/cell.py",
            "\nfrom thespian_core.api.actor import Actor\n",
            "thespian_core/semantics/cell.py:2: thespian_core.semantics.cell imports thespian_core.api.actor",
        ),
        (
            "thespian_core/semantics/cell.py",
            "import typing\nif typing.TYPE_CHECKING:\n    from thespian_core.hooks import specs\n",
            "cell.py:3: thespian_core.semantics.cell imports thespian_core.hooks",
        ),
        (
            "thespian_core/semantics/cell.py",
            "def f():\n    from ..api import actor\n",
            "imports thespian_core.api.actor",
        ),
        (
            "thespian_core/semantics/cell.py",
            "from time import monotonic\n",
            "thespian_core.semantics is pure",
        ),
        ("thespian_core/semantics/cell.py", "import os.path\n", "imports os.path, but"),
        (
            "thespian_core/hooks/registry.py",
            "import thespian_core.semantics.cell\n",
            "layer thespian_core.hooks may import leaves, not thespian_core.semantics",
        ),
        (
            "thespian_core/errors.py",
            "from thespian_core import api\n",
            "layer leaves may import no other layer",
        ),
        (
            "plugins/simple/thespian_simple/base.py",
            "from thespian_core.api.actor import Actor\n",
            "not thespian_core.api",
        ),
        (
            "thespian_core/api/system.py",
            "from importlib import import_module\nimport_module('thespian_core.cli')\n",
            "system.py:2: thespian_core.api.system imports thespian_core.cli",
        ),
        (
            "thespian_core/api/system.py",
            "import thespian_core.nowhere\n",
            "thespian_core.nowhere, which does not exist",
        ),
        ("thespian_core/novel/x.py", "", "thespian_core.novel.x is in no layer"),
        ("plugins/simple/thespian_novel/x.py", "", "thespian_novel.x is in no layer"),
    ],
)
def test_the_checker_names_file_line_and_rule(tmp_path: Path, file: str, text: str, said: str) -> None:
    house = tree(
        tmp_path,
        {
            "thespian_core/api/actor.py": "",
            "thespian_core/cli/main.py": "",
            "thespian_core/hooks/specs.py": "",
            "thespian_core/semantics/cell.py": "",
            file: text,
        },
    )
    assert said in "\n".join(layers.violations(house))


def test_the_checker_is_silent_about_imports_that_go_down(tmp_path: Path) -> None:
    house = tree(
        tmp_path,
        {
            "thespian/actors.py": "from thespian_core.api.actor import Actor\nimport socket\n",
            "thespian_core/__init__.py": "from thespian_core.hooks.specs import hookimpl\n",
            "thespian_core/api/actor.py": "from ..semantics import cell\nfrom .. import errors\nimport os\n",
            "thespian_core/hooks/specs.py": "from thespian_core.errors import Oops\n",
            "thespian_core/semantics/cell.py": "from . import other\nimport collections\n",
            "thespian_core/semantics/other.py": "import thespian_core.errors as oops\n",
            "thespian_core/errors.py": "",
            "plugins/simple/thespian_simple/plugin.py": "from thespian_core import hookimpl\n",
        },
    )
    assert layers.violations(house) == []
    assert layers.edges(house) == {
        ("thespian", "thespian_core.api"),
        ("thespian_core", "thespian_core.hooks"),
        ("thespian_core.api", "thespian_core.semantics"),
        ("thespian_core.api", "leaves"),
        ("thespian_core.hooks", "leaves"),
        ("thespian_core.semantics", "leaves"),
        ("thespian_simple", "thespian_core"),
    }


def test_the_picture_shows_a_box_for_each_layer_and_an_arrow_for_each_imported_one() -> None:
    picture = ElementTree.fromstring(layers.svg(ROOT))
    texts = {element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")}
    edges = layers.edges(ROOT)
    assert {name for edge in edges for name in edge} <= texts
    dots = list(picture.iter("{http://www.w3.org/2000/svg}circle"))
    assert len(dots) == len(edges)
