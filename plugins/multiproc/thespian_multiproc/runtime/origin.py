"""Where a creator's code comes from, told to its children, who look there too."""

from __future__ import annotations

import os
import sys
from types import ModuleType

from thespian_core.semantics.birth import Refused
from thespian_multiproc.runtime.mainscript import (
    MAIN_NAME,
    SPAWN_NAME,
    inherited_main,
    install_main_script,
    main_of,
)
from thespian_multiproc.runtime.orders import Origin
from thespian_multiproc.runtime.sourcefiles import is_interpreters_own, look_anew, trust_only_settled_bytecode

# An entry of Origin.sys_path: what follows was searched after the interpreter's own packages, not before.
# Without it a folder that a program appended, say of older packages, would hide the interpreter's own.
INTERPRETERS_OWN = ""

_latest: tuple[tuple[object, ...], Origin] | None = None


def current_origin() -> Origin:
    """Return where this process's code comes from.

    In an actor's process the main script is the one that it inherited.
    """
    global _latest
    main = sys.modules[MAIN_NAME]
    described = (getattr(main, "__file__", None), getattr(main, "__spec__", None))
    seen = (main, *described, _current_folder(), *sys.argv, *sys.path)
    latest = _latest
    # Objects that stayed the same are found equal without a look inside: this is the usual case.
    if latest is None or latest[0] != seen:
        latest = _latest = (seen, _origin(main))
    return latest[1]


def _origin(main: ModuleType) -> Origin:
    inherited = inherited_main(main)
    path, name = main_of(main) if inherited is None else (inherited.main_path, inherited.main_module)
    arguments = tuple(map(str, sys.argv))
    return Origin(_own_code_folders(), path, name, arguments)


def _own_code_folders() -> tuple[str, ...]:
    here = _current_folder()
    found: dict[str, None] = {}
    for entry in sys.path:
        if not isinstance(entry, str):  # the import system passes these over too
            continue
        if not os.path.isabs(entry) and here is None:  # relative to a folder that is gone
            continue
        if entry and is_interpreters_own(entry):
            found.setdefault(INTERPRETERS_OWN)
        else:
            found.setdefault(os.path.abspath(entry))
    folders = tuple(found)
    return folders[:-1] if folders[-1:] == (INTERPRETERS_OWN,) else folders


def _current_folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:
        return None


def class_reference(actor_class: object) -> str:
    """Return the name by which another process finds a class, once it has settled in.

    Args:
        actor_class: a class, or its name, which is returned as it is.

    Returns:
        ``package.module.Class``, or ``package.module:Outer.Class`` for a class in a class.

    Raises:
        Refused: it is no class, or one that no other process can find.
    """
    if isinstance(actor_class, str):
        return str.__str__(actor_class)  # never a subclass, which would travel as such
    if not isinstance(actor_class, type):
        raise Refused(
            "specification",
            actor_class,
            f"it is of type {type(actor_class).__name__}, and neither a class nor the name of one",
        )
    module: object = actor_class.__module__
    path = actor_class.__qualname__
    if not isinstance(module, str):
        raise Refused("specification", actor_class, "it does not say in which module it is defined")
    name = actor_class.__name__
    if "<locals>" in path and getattr(sys.modules.get(module), name, None) is actor_class:
        path = name  # a decorator has made it, or a function: it is on the outermost level all the same
    if "<locals>" in path:
        raise Refused(
            "specification",
            actor_class,
            "it is defined inside a function, where no other process can find it; "
            "move it to the outermost level of its file",
        )
    if module in (MAIN_NAME, SPAWN_NAME):
        module = MAIN_NAME
        origin = current_origin()
        if origin.main_path is None and origin.main_module is None:
            raise Refused(
                "specification",
                actor_class,
                "a class that was typed in at the prompt, or came with -c or from standard input, "
                "cannot be found by another process; put it in a file and import it from there",
            )
        main, outermost = sys.modules[MAIN_NAME], path.partition(".")[0]
        if not hasattr(main, outermost):  # a profiler is that, say, which executes the script
            raise Refused(
                "specification",
                actor_class,
                f"other processes look for it in {getattr(main, '__file__', None)}, which this program's "
                f"__main__ is, and which has no {outermost!r}; "
                "put it in a file of its own and import it from there",
            )
    return f"{module}:{path}" if "." in path else f"{module}.{path}"


def settle_in(origin: Origin) -> None:
    """Make a new actor's process look for code where its creator does.

    ``sys.path`` begins with the creator's folders, ``__main__`` is the creator's main script, executed when
    it is needed and with the arguments that it was called with, and the code that is found is the code on
    disk now.
    """
    before, after = _around(origin.sys_path)
    given = {*before, *after}
    # An empty entry means wherever this process happens to be.
    kept = [entry for entry in sys.path if entry and entry not in given]
    sys.path[:] = [*before, *kept, *after]
    sys.argv[:] = origin.arguments
    install_main_script(origin)
    trust_only_settled_bytecode()
    look_anew()


def _around(folders: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    where = folders.index(INTERPRETERS_OWN) if INTERPRETERS_OWN in folders else len(folders)
    return folders[:where], folders[where + 1 :]
