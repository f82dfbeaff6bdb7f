"""Code of a loaded source finds its own modules, whatever else is installed or loaded."""

from __future__ import annotations

import importlib
import json
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.sources.conftest import Mount
from tests.sources.zips import zip_of
from thespian_core.sources.importing import import_from, mount, unmount
from thespian_core.sources.loading import Source


def loaded(source: Source, name: str) -> Any:
    return import_from(source, name, or_outside=False)


def text(code: str) -> str:
    return textwrap.dedent(code)


def test_two_versions_of_a_package_are_there_side_by_side(mounted: Mount) -> None:
    first = mounted({"app/__init__.py": "from app.parts import V", "app/parts.py": "V = 1"})
    second = mounted({"app/__init__.py": "from app.parts import V", "app/parts.py": "V = 2"})
    assert (loaded(first, "app").V, loaded(second, "app").V) == (1, 2)
    assert loaded(first, "app.parts").__name__ == f"{{{{{first.tag}}}}}app.parts"
    assert "app" not in sys.modules


def test_all_forms_of_the_import_statement_find_the_source(mounted: Mount) -> None:
    source = mounted(
        {
            "main.py": text(
                """
                import app
                import app.deep.er.leaf
                import app.deep.er.leaf as renamed
                from app import side
                from app.deep.er import leaf
                from app.deep.er.leaf import *
                def late():
                    import app.late
                    return app.late.WHO
                """
            ),
            "app/__init__.py": "WHO = 'app'",
            "app/side.py": "from . import WHO as above\nfrom .deep.er import leaf",
            "app/late.py": "from app.deep import er\nWHO = 'late'",
            "app/deep/__init__.py": "",
            "app/deep/er/__init__.py": "",
            "app/deep/er/leaf.py": "from ... import WHO as top\nWHO = 'leaf'",
        }
    )
    main = loaded(source, "main")
    assert main.app.WHO == main.leaf.top == main.side.above == "app"
    assert main.app.deep.er.leaf is main.renamed is main.leaf
    assert main.WHO == main.side.leaf.WHO == "leaf"
    assert main.late() == "late"


def test_circular_imports_work_as_on_disk(mounted: Mount) -> None:
    source = mounted(
        {
            "ring/__init__.py": "",
            "ring/one.py": "import ring.two as two\nN = 1\ndef total(): return N + two.N",
            "ring/two.py": "from . import one\nN = 2\ndef total(): return one.N + N",
        }
    )
    assert loaded(source, "ring.one").total() == loaded(source, "ring.two").total() == 3


def test_dynamic_imports_are_resolved_by_whose_code_asks(mounted: Mount) -> None:
    files: dict[str, str | bytes] = {
        "app/__init__.py": text(
            """
            import importlib, thespian.importlib as ours
            from importlib import import_module
            def by(how, *args):
                return {
                    "import_module": import_module, "importlib": importlib.import_module,
                    "ours": ours.import_module, "__import__": __import__,
                }[how](*args)
            def spec(name):
                found = importlib.util.find_spec(name)
                return found and found.name
            """
        ),
        "app/part.py": "N = 0",
    }
    one = mounted({**files, "app/part.py": "N = 1"})
    two = mounted({**files, "app/part.py": "N = 2"})
    for source, number in ((one, 1), (two, 2)):
        app = loaded(source, "app")
        for how in ("import_module", "importlib", "ours"):
            assert number == app.by(how, "app.part").N
            assert number == app.by(how, ".part", "app").N
            assert number == app.by(how, ".part", app.__name__).N
            assert app.by(how, "json") is json
        assert number == app.by("__import__", "app.part").part.N
        assert number == app.by("__import__", "app.part", {}, {}, ["N"]).N
        assert app.spec("app.part") == app.__name__ + ".part"
        assert (app.spec("json"), app.spec("app.nothing"), app.spec("nowhere")) == ("json", None, None)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("app.part")


def test_a_dependency_in_the_source_beats_the_installed_one_for_the_source_alone(mounted: Mount) -> None:
    source = mounted(
        {
            "app.py": "import json, attrs",
            "attrs/__init__.py": "from attrs.own import MINE",
            "attrs/own.py": "MINE = 1",
        }
    )
    app = loaded(source, "app")
    assert (app.attrs.MINE, app.json) == (1, json)
    assert not hasattr(importlib.import_module("attrs"), "MINE")


def test_six_and_thespian_are_those_that_are_installed(
    mounted: Mount, tmp_path: Path, monkeypatch: Any
) -> None:
    (tmp_path / "six.py").write_text("WHERE = 'installed'")
    monkeypatch.syspath_prepend(str(tmp_path))
    source = mounted(
        {"app.py": "import six, thespian.actors, sys", "six.py": "", "thespian/actors.py": "", "sys.py": ""}
    )
    app = loaded(source, "app")
    import thespian.actors

    assert app.six.WHERE == "installed"
    assert app.thespian is thespian
    assert app.sys is sys
    del sys.modules["six"]


def test_a_module_that_is_missing_is_named_as_the_code_names_it(mounted: Mount) -> None:
    source = mounted(
        {"app/__init__.py": "def need(name): return __import__(name)", "app/bad.py": "import app.lost"}
    )
    for name in ("app.nothing", "nowhere.at.all"):
        with pytest.raises(ModuleNotFoundError) as caught:
            loaded(source, "app").need(name)
        assert "{{" not in str(caught.value)
        assert caught.value.name in (name, name.partition(".")[0])
    with pytest.raises(ModuleNotFoundError, match="No module named 'app.lost'"):
        loaded(source, "app.bad")
    with pytest.raises(ImportError, match="no module 'json' in the source"):
        loaded(source, "json")
    assert import_from(source, "json", or_outside=True) is json


def test_a_relative_import_beyond_the_top_fails(mounted: Mount) -> None:
    source = mounted({"app/__init__.py": "", "app/up.py": "from .. import other", "other.py": ""})
    with pytest.raises(ImportError, match="beyond top-level"):
        loaded(source, "app.up")


def test_a_source_stays_until_its_last_user_has_unmounted_it() -> None:
    data = zip_of({"app.py": "def more():\n    import app\n    return app"})
    first, second = mount("abc", data), mount("abc", data)
    assert first is second
    unmount(first)
    app = loaded(second, "app")
    assert app.more() is app
    unmount(second)
    with pytest.raises(ModuleNotFoundError):
        app.more()


def test_another_file_under_the_same_hash_is_kept_apart() -> None:
    sources = [mount("abc", zip_of({"app.py": f"N = {n}"})) for n in (1, 2)]
    try:
        assert [loaded(source, "app").N for source in sources] == [1, 2]
    finally:
        for source in sources:
            unmount(source)
