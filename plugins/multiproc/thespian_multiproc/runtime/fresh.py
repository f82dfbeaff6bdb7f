"""A function in a fresh interpreter: for processes that inherit nothing but what they are given."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from thespian_multiproc.runtime.processes import unlinked_file

_START_FILE = str(Path(__file__).resolve().with_name("fresh_start.py"))


def start_fresh(
    opens: str,
    argument: object,
    descriptors: Sequence[int] = (),
    out: int | None = None,
    err: int | None = None,
    new_session: bool = False,
) -> subprocess.Popen[bytes]:
    """Run a function in a new interpreter of the same Python, with the same ``sys.path``.

    When it returns, its process ends with status 0; an exception goes to the internal log, and the status
    is 1. The new process has the environment and working folder of this one.

    Args:
        opens: the function, as ``package.module:function``.
        argument: its only argument; must be fit to be pickled.
        descriptors: what the process inherits; they keep their numbers.
        out: a descriptor to be its standard output; None for nowhere.
        err: the same for standard error.
        new_session: whether it leads a session and process group of its own.

    Raises:
        OSError: no process could be made; nothing is left behind.
    """
    # Not a pipe: a child that never reads would stop us once the pipe is full.
    file = unlinked_file(pickle.dumps((_absolute_path(), opens, pickle.dumps(argument))))
    try:
        return subprocess.Popen(
            # The name of the function is only for those who list processes.
            [sys.executable, *_interpreter_flags(), _START_FILE, str(file), opens],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if out is None else out,
            stderr=subprocess.DEVNULL if err is None else err,
            pass_fds=(file, *descriptors),
            start_new_session=new_session,
        )
    finally:
        os.close(file)


def _absolute_path() -> list[str]:
    """Return ``sys.path`` so that it stays right when the new process goes to another folder."""
    found = []
    for folder in sys.path:
        try:
            found.append(os.path.abspath(folder))
        except FileNotFoundError:  # the working folder was deleted: nothing is found in it
            continue
    return found


def _interpreter_flags() -> list[str]:
    # What multiprocessing uses for the same: -O, -W, -X, ... as this process was started with.
    flags = getattr(subprocess, "_args_from_interpreter_flags", None)
    return list(flags()) if flags else []
