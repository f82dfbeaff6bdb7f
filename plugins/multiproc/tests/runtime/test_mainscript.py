"""A main script inside an actor's process: executed once, when it is needed, and never as the program."""

from __future__ import annotations

import importlib
import os
import pickle
import subprocess
import sys
import threading
import zipapp
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from thespian.actors import ActorSystem
from thespian_core.semantics.birth import Refused, find_class
from thespian_multiproc.runtime.mainscript import (
    MAIN_NAME,
    SPAWN_NAME,
    answer_to_spawn_name,
    install_main_script,
)
from thespian_multiproc.runtime.orders import Origin

SCRIPT = """
import os
from thespian.actors import Actor

counter = 0

class Echo(Actor):
    class Inner(Actor): pass

def count():
    global counter
    counter += 1

with open(__file__ + ".ran", "a") as ran:
    ran.write("x")

if __name__ == "__main__":
    raise SystemExit("the guarded part was run")
"""


@pytest.fixture(autouse=True)
def _main_modules() -> Iterator[None]:
    """Give the test's own main module back."""
    before = {name: sys.modules.get(name) for name in (MAIN_NAME, SPAWN_NAME)}
    yield
    for name, module in before.items():
        if module is None:
            sys.modules.pop(name, None)
        else:
            sys.modules[name] = module


def installed(folder: Path, text: str) -> Path:
    """Let ``__main__`` be a script of this text, and return its file."""
    script = folder / "program.py"
    script.write_text(text)
    install_main_script(Origin(main_path=str(script)))
    return script


def times_run(script: Path) -> int:
    """Return how often a script has noted that it was executed."""
    note = Path(f"{script}.ran")
    return len(note.read_text()) if note.exists() else 0


def test_the_script_is_executed_once_at_the_first_look_up_and_not_its_guarded_part(tmp_path: Path) -> None:
    script = installed(tmp_path, SCRIPT)
    assert times_run(script) == 0
    main = importlib.import_module(MAIN_NAME)
    assert times_run(script) == 0
    assert main.Echo.__module__ == SPAWN_NAME
    assert main.Echo is importlib.import_module(SPAWN_NAME).Echo
    assert times_run(script) == 1


def test_tools_that_look_at_every_module_do_not_execute_the_script(tmp_path: Path) -> None:
    script = installed(tmp_path, SCRIPT)
    main = sys.modules[MAIN_NAME]
    assert (main.__file__, main.__spec__) == (str(script), None)
    assert not hasattr(main, "__path__")
    assert not hasattr(main, "__wrapped__")
    assert str(script) in repr(main)
    assert "Echo" not in dir(main)
    assert times_run(script) == 0


def test_a_function_of_the_script_and_its_module_see_the_same_globals(tmp_path: Path) -> None:
    installed(tmp_path, SCRIPT)
    main = sys.modules[MAIN_NAME]
    main.count()
    assert main.counter == 1
    vars(main)["counter"] = 7
    main.count()
    assert main.counter == 8


@pytest.mark.parametrize("name", ["__main__.Echo", "__main__:Echo.Inner", "__mp_main__.Echo"])
def test_an_actor_class_of_the_script_is_found_by_name(tmp_path: Path, name: str) -> None:
    installed(tmp_path, SCRIPT)
    found = find_class(name, importlib.import_module)
    assert (found.__module__, found.__name__) == (SPAWN_NAME, name.split(".")[-1])


def test_a_pickle_that_names_the_program_is_read(tmp_path: Path) -> None:
    installed(tmp_path, SCRIPT)
    assert pickle.loads(b"c__main__\nEcho\n.") is sys.modules[MAIN_NAME].Echo


def test_a_missing_name_is_an_attribute_error_that_names_the_script(tmp_path: Path) -> None:
    script = installed(tmp_path, SCRIPT)
    with pytest.raises(AttributeError, match="has no 'Nothing'") as missing:
        sys.modules[MAIN_NAME].Nothing  # noqa: B018
    assert str(script) in str(missing.value)
    assert missing.value.name == "Nothing"


def test_the_script_may_answer_for_missing_names_itself(tmp_path: Path) -> None:
    installed(tmp_path, "def __getattr__(name):\n    return name * 2\n")
    assert sys.modules[MAIN_NAME].ab == "abab"
    assert sys.modules[MAIN_NAME].cd == "cdcd"


def test_the_script_can_look_itself_up_while_it_is_executed(tmp_path: Path) -> None:
    installed(
        tmp_path,
        "import pickle, sys\n"
        "class Early: pass\n"
        "copied = pickle.loads(pickle.dumps(Early))\n"
        "has_late = hasattr(sys.modules['__main__'], 'late')\n"
        "late = 1\n",
    )
    main = sys.modules[MAIN_NAME]
    assert main.copied is main.Early
    assert main.has_late is False


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("half = 1\nraise ValueError('no such luck')\n", "ValueError: no such luck"),
        ("half = 1\nimport sys\nsys.exit(3)\n", "SystemExit: 3"),
        ("half = (\n", "SyntaxError: "),
    ],
)
def test_a_script_that_fails_is_an_import_error_each_time_but_runs_once(
    tmp_path: Path, text: str, cause: str
) -> None:
    noting = "with open(__file__ + '.ran', 'a') as ran: ran.write('x')\n"
    script = installed(tmp_path, noting + text)
    for _ in range(2):
        with pytest.raises(ImportError) as failed:
            sys.modules[MAIN_NAME].half  # noqa: B018
        assert str(failed.value).startswith(f"the main script {script} could not be loaded: {cause}")
    assert times_run(script) == ("(" not in text.splitlines()[0])
    with pytest.raises(ImportError):
        pickle.loads(b"c__main__\nhalf\n.")


def test_a_script_that_is_gone_is_an_import_error_that_names_it(tmp_path: Path) -> None:
    installed(tmp_path, "").unlink()
    with pytest.raises(ImportError, match="program.py could not be loaded: FileNotFoundError"):
        sys.modules[MAIN_NAME].Echo  # noqa: B018


def test_ctrl_c_while_it_is_executed_goes_through_and_the_next_look_up_tries_again(tmp_path: Path) -> None:
    script = installed(tmp_path, "raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        sys.modules[MAIN_NAME].name  # noqa: B018
    script.write_text("name = 1\n")
    assert sys.modules[MAIN_NAME].name == 1


def test_a_script_that_starts_a_system_is_told_of_the_missing_guard(tmp_path: Path) -> None:
    script = installed(
        tmp_path,
        "from thespian.actors import Actor, ActorSystem\n"
        "class Echo(Actor): pass\n"
        "ActorSystem('simpleSystemBase')\n",
    )
    with pytest.raises(Refused) as refused:
        find_class("__main__.Echo", importlib.import_module)
    reason = refused.value.refusal.reason
    assert 'if __name__ == "__main__":' in reason
    assert str(script) in reason
    assert not hasattr(ActorSystem, "systemBase")


def test_many_threads_that_look_it_up_at_once_execute_it_once_and_all_see_it_whole(tmp_path: Path) -> None:
    script = installed(tmp_path, SCRIPT)
    ready = threading.Barrier(8)
    seen = []

    def look() -> None:
        ready.wait(10)
        seen.append(sys.modules[MAIN_NAME].count)

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(seen) == 8
    assert times_run(script) == 1


def test_a_module_that_was_run_by_name_has_its_relative_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "parts_of_a_program"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "helper.py").write_text("value = 5\n")
    (package / "__main__.py").write_text("from .helper import value\nname = __name__\n")
    monkeypatch.syspath_prepend(tmp_path)
    install_main_script(Origin(main_module="parts_of_a_program.__main__"))
    main = sys.modules[MAIN_NAME]
    assert "parts_of_a_program" not in sys.modules
    assert (main.value, main.name) == (5, SPAWN_NAME)
    assert main.__spec__ is not None
    assert main.__spec__.name == "parts_of_a_program.__main__"
    assert main.__file__ == str(package / "__main__.py")
    for name in [name for name in sys.modules if name.startswith("parts_of_a_program")]:
        del sys.modules[name]


def test_a_module_that_cannot_be_found_is_an_import_error_that_names_it() -> None:
    install_main_script(Origin(main_module="no_such_program"))
    with pytest.raises(ImportError, match="python -m no_such_program.*there is no module 'no_such_program'"):
        sys.modules[MAIN_NAME].Echo  # noqa: B018


def test_a_zip_file_that_was_run_is_executed(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__main__.py").write_text("name = __name__\n")
    zipapp.create_archive(tmp_path / "app", tmp_path / "app.pyz")
    install_main_script(Origin(main_path=str(tmp_path / "app.pyz")))
    assert sys.modules[MAIN_NAME].name == SPAWN_NAME


def test_without_a_script_every_look_up_is_an_attribute_error() -> None:
    install_main_script(Origin())
    with pytest.raises(AttributeError, match="a program that was typed in at a prompt has no 'Echo'"):
        sys.modules[MAIN_NAME].Echo  # noqa: B018


def test_no_compiled_copy_of_the_script_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    installed(tmp_path, "name = 1\n")
    assert sys.modules[MAIN_NAME].name == 1
    assert not (tmp_path / "__pycache__").exists()


def test_a_program_knows_its_classes_by_the_name_they_have_in_actors() -> None:
    sys.modules.pop(SPAWN_NAME, None)
    answer_to_spawn_name()
    assert sys.modules[SPAWN_NAME] is sys.modules[MAIN_NAME]
    other = sys.modules[SPAWN_NAME] = ModuleType(SPAWN_NAME)
    answer_to_spawn_name()
    assert sys.modules[SPAWN_NAME] is other


SPAWNING = """
import multiprocessing
from thespian_multiproc.runtime.mainscript import install_main_script
from thespian_multiproc.runtime.orders import Origin
install_main_script(Origin(main_path="program.py"))
import __main__
context = multiprocessing.get_context("spawn")
with context.Pool(1) as pool:
    print(pool.apply(__main__.double, (21,)))
"""


@pytest.mark.slow
def test_an_actor_may_use_multiprocessing_with_a_function_of_the_main_script(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("def double(number):\n    return 2 * number\n")
    done = subprocess.run(
        [sys.executable, "-c", SPAWNING],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "42", done.stderr
