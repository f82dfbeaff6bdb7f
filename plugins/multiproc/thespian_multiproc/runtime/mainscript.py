"""The program's main script inside an actor's process: executed when something in it is looked up.

A class of the main script is named ``__main__.Class``. An actor's process has another ``__main__``, so the
script is executed there a second time, as the module ``__mp_main__``: what it has under
``if __name__ == "__main__":`` stays out. Most actors never need it, so it waits for the first look-up.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
import zipimport
from collections.abc import Callable
from importlib.machinery import ModuleSpec, SourceFileLoader, SourcelessFileLoader
from types import CodeType, ModuleType
from typing import Any

from thespian_core.startup import forbid_systems
from thespian_core.texts import told
from thespian_multiproc.runtime.orders import Origin

MAIN_NAME = "__main__"
SPAWN_NAME = "__mp_main__"  # multiprocessing's name for the same thing, so guards and tools know it


def install_main_script(origin: Origin) -> None:
    """Let ``__main__`` be the main script of the program that the origin tells of.

    Nothing of it is read or executed yet.
    """
    sys.modules[MAIN_NAME] = sys.modules[SPAWN_NAME] = MainScript(origin)


def answer_to_spawn_name() -> None:
    """Let the program know its main script's classes also by the name they have in actors.

    Instances that actors send back are then of the program's own classes.
    """
    sys.modules.setdefault(SPAWN_NAME, sys.modules[MAIN_NAME])


class MainScript(ModuleType):
    """A module that executes the main script when the first name is looked up that it does not have yet.

    Names like ``__path__`` do not count: tools ask every module for them. Its globals are the script's,
    so this class keeps what it knows in one slot.
    """

    __slots__ = ("_thespian_execution",)

    def __init__(self, origin: Origin) -> None:
        super().__init__(SPAWN_NAME)
        self._thespian_execution = _Execution(origin)
        self.__spec__ = None
        if origin.main_path is not None:
            self.__file__ = origin.main_path
        if origin.main_module is not None:
            self.__spec__ = ModuleSpec(origin.main_module, None, origin=origin.main_path)
            self.__package__ = self.__spec__.parent

    def __getattr__(self, name: str) -> Any:
        """Execute the script, once, and look again.

        Raises:
            AttributeError: it defines no such name (yet, when it is being executed), or there is no script.
            ImportError: the script failed, now or at an earlier look-up.
        """
        execution = self._thespian_execution
        if not (name.startswith("__") and name.endswith("__")):
            execution.execute(self)
            if name in vars(self):
                return vars(self)[name]
            answer = vars(self).get("__getattr__")  # a script may define one, as any module may
            if answer is not None:
                return answer(name)
        raise AttributeError(f"{execution} has no {name!r}", name=name, obj=self)

    def __repr__(self) -> str:
        return f"<module {MAIN_NAME!r} of an actor's process: {self._thespian_execution}>"


def inherited_main(main: ModuleType) -> Origin | None:
    """Return the origin that gave this process its main script; None when it has one of its own."""
    return main._thespian_execution.origin if isinstance(main, MainScript) else None


class _Execution:
    """The one execution of a main script: still to come, under way, done or failed."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self._lock = threading.RLock()  # the script itself may look names up while it is executed
        self._has_begun = False
        self._failure: BaseException | None = None

    def __str__(self) -> str:
        if self.origin.main_module is not None:
            return f"the main script (python -m {self.origin.main_module})"
        if self.origin.main_path is not None:
            return f"the main script {self.origin.main_path}"
        return "a program that was typed in at a prompt"

    def execute(self, module: MainScript) -> None:
        """Execute the script in the module, unless that was done or is being done by this thread.

        Raises:
            ImportError: it failed; the module is as it was before.
        """
        if self.origin.main_path is None and self.origin.main_module is None:
            return
        with self._lock:
            if not self._has_begun:
                self._has_begun = True
                self._run(module)
            if self._failure is not None:
                raise self._complaint() from self._failure

    def _run(self, module: MainScript) -> None:
        before = dict(vars(module))
        try:
            with forbid_systems(
                "ActorSystem(...) was called while an actor's process was loading "
                f"{self}, to find what that defines\n"
                f'  put what only the program shall do under: if __name__ == "{MAIN_NAME}":'
            ):
                if self.origin.main_module is not None:
                    loader = _read_module(module, self.origin.main_module)
                else:
                    loader = _read_script(module, self.origin.main_path or "")
                loader.exec_module(module)
        except BaseException as why:
            vars(module).clear()
            vars(module).update(before)
            if isinstance(why, (Exception, SystemExit)):
                self._failure = why
            else:  # Ctrl-C: the next look-up tries again
                self._has_begun = False
                raise

    def _complaint(self) -> ImportError:
        why = self._failure
        text = f"{self} could not be loaded: {type(why).__name__}: {told(why)}"
        return ImportError(text, name=MAIN_NAME, path=self.origin.main_path)


class _MainLoader(SourceFileLoader):
    """Executes code that was read already; the main script has no compiled copy to be kept or believed."""

    def __init__(self, path: str, code: CodeType | None) -> None:
        super().__init__(SPAWN_NAME, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType | None:
        """Return what is to be executed."""
        return self._code


def _read_script(module: ModuleType, path: str) -> _MainLoader:
    plain = SourceFileLoader(SPAWN_NAME, path)
    if path.endswith(".pyc"):
        code = SourcelessFileLoader(SPAWN_NAME, path).get_code(SPAWN_NAME)
    else:
        try:
            code = zipimport.zipimporter(path).get_code(MAIN_NAME)
        except zipimport.ZipImportError:
            code = plain.source_to_code(plain.get_data(path), path)
    module.__loader__ = plain
    return _MainLoader(path, code)


def _read_module(module: ModuleType, name: str) -> _MainLoader:
    spec = importlib.util.find_spec(name)  # imports the packages around it
    get_code: Callable[[str], CodeType | None] | None = getattr(spec and spec.loader, "get_code", None)
    if spec is None or get_code is None:
        raise ImportError(f"there is no module {name!r} that could be run", name=name)
    module.__spec__, module.__loader__, module.__package__ = spec, spec.loader, spec.parent
    if spec.has_location and spec.origin is not None:
        module.__file__ = spec.origin
    return _MainLoader(spec.origin or "", get_code(name))


def main_of(main: ModuleType) -> tuple[str | None, str | None]:
    """Return a program's main script: its absolute file and, when run with ``-m``, its module's name.

    Args:
        main: the program's ``__main__``.

    Returns:
        Twice None for a prompt, for ``-c`` and for a script from standard input.
    """
    path = getattr(main, "__file__", None)
    name = getattr(getattr(main, "__spec__", None), "name", None)
    file = os.path.abspath(path) if isinstance(path, str) else None
    if file is not None and not os.path.isfile(file):
        # A zip file that is run as a whole has its main script inside.
        file = os.path.dirname(file) if os.path.isfile(os.path.dirname(file)) else None
    # A folder, or zip file, that is run as a whole: nothing that could be imported by this name.
    return file, None if name == MAIN_NAME else name
