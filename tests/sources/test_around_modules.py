"""What lies around the code of a loaded source: package data, listings, tracebacks, names, damage."""

from __future__ import annotations

import importlib
import inspect
import pickle
import textwrap
import threading
import traceback
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


def test_data_of_a_package_is_read_through_importlib_resources(mounted: Mount) -> None:
    code = text(
        """
        import importlib.resources as resources, pkgutil, warnings
        def by_name(): return resources.files("app").joinpath("data", "a.txt").read_text()
        def by_package(): return resources.files(__package__).joinpath("data/a.txt").read_text()
        def as_file():
            with resources.as_file(resources.files("app") / "b.bin") as path:
                return path.read_bytes(), path
        def names(): return sorted(item.name for item in resources.files("app").iterdir())
        def old():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python cannot decide whether these functions are out of use
                return resources.read_text("app", "c.txt"), resources.is_resource("app", "data")
        def is_there(name): return (resources.files("app") / name).is_file()
        def by_pkgutil(): return pkgutil.get_data("app", "data/a.txt"), pkgutil.get_data(__name__, "b.bin")
        """
    )
    source = mounted(
        {"app/__init__.py": code, "app/data/a.txt": "text", "app/b.bin": b"\0\1", "app/c.txt": "c"}
    )
    app = loaded(source, "app")
    assert app.by_name() == app.by_package() == "text"
    content, path = app.as_file()
    assert content == b"\0\1"
    assert not path.exists()
    assert app.names() == ["__init__.py", "b.bin", "c.txt", "data"]
    assert app.old() == ("c", False)
    assert (app.is_there("c.txt"), app.is_there("d.txt")) == (True, False)
    assert app.by_pkgutil() == (b"text", b"\0\1")
    with pytest.raises(OSError, match="no file"):
        app.__loader__.get_data(app.__file__ + ".nothing")


def test_the_modules_of_a_package_can_be_listed(mounted: Mount) -> None:
    code = """
import pkgutil
def found():
    return [(module.name, module.ispkg) for module in pkgutil.iter_modules(__path__, "app.")]
"""
    source = mounted(
        {
            "app/__init__.py": code,
            "app/one.py": "",
            "app/two/__init__.py": "",
            "app/two/in_it.py": "",
            "b.py": "",
        }
    )
    assert loaded(source, "app").found() == [("app.one", False), ("app.two", True)]


def test_an_error_is_shown_with_its_line_and_text(mounted: Mount) -> None:
    code = "# coding: latin-1\r\n\r\ndef fail():\r\n    raise ValueError('h\xe9')  # here\r\n   "
    source = mounted({"app/__init__.py": "", "app/bad.py": code.encode("latin-1")})
    module = loaded(source, "app.bad")
    with pytest.raises(ValueError, match="h\xe9") as caught:
        module.fail()
    shown = "".join(traceback.format_exception(caught.type, caught.value, caught.tb))
    assert f'File "{{{{{source.tag}}}}}/app/bad.py", line 4, in fail\n' in shown
    assert "raise ValueError('h\xe9')  # here" in shown
    assert inspect.getsource(module.fail).startswith("def fail():")


def test_a_mistake_in_the_code_names_file_and_line(mounted: Mount) -> None:
    source = mounted({"app.py": "x = 1\ndef f(:\n"})
    with pytest.raises(SyntaxError) as caught:
        loaded(source, "app")
    assert (caught.value.filename, caught.value.lineno) == (f"{{{{{source.tag}}}}}/app.py", 2)


def test_a_damaged_member_is_an_import_error(mounted: Mount) -> None:
    data = bytearray(zip_of({"app.py": "x = 1\n"}, packed=False))
    data[data.find(b"x = 1")] = ord("y")
    source = mount("damaged", bytes(data))
    try:
        with pytest.raises(ImportError, match="cannot load app: the member 'app.py' is damaged"):
            loaded(source, "app")
    finally:
        unmount(source)


def test_what_relies_on_a_modules_name_works(mounted: Mount) -> None:
    code = text(
        """
        from __future__ import annotations
        import abc, collections, dataclasses, enum, logging, sys, typing
        Pair = collections.namedtuple("Pair", "a b")
        @dataclasses.dataclass
        class Data:
            pair: Pair
        class Colour(enum.Enum):
            RED = 1
        log = logging.getLogger(__name__)
        def hints(): return typing.get_type_hints(Data)
        def myself(): return sys.modules[__name__]
        """
    )
    source = mounted({"app.py": code})
    app = loaded(source, "app")
    assert app.hints() == {"pair": app.Pair}
    assert app.myself() is app
    for value in (app.Pair(1, 2), app.Data(app.Pair(1, 2)), app.Colour.RED, app.Data):
        assert pickle.loads(pickle.dumps(value)) == value


def test_a_module_is_loaded_again_on_request(mounted: Mount) -> None:
    source = mounted({"app.py": "COUNT = globals().get('COUNT', 0) + 1"})
    app = loaded(source, "app")
    assert importlib.reload(app) is app
    assert app.COUNT == 2


def test_code_of_a_source_can_import_in_any_thread(mounted: Mount) -> None:
    source = mounted(
        {"app/__init__.py": "def get():\n    from app import late\n    return late.N", "app/late.py": "N = 7"}
    )
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(loaded(source, "app").get())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [7] * 8
