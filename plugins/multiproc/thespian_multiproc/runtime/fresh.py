"""A function in a fresh interpreter: for processes that inherit nothing but what they are given."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence

from thespian_multiproc.runtime.processes import unlinked_file

_START_FILE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "fresh_start.py")


class Fresh:
    """A new interpreter of the same Python, with the same ``sys.path``, that gets ready to run a function.

    It imports what the function needs, and runs it as soon as :meth:`give` was called. When the function
    returns, its process ends with status 0; an exception goes to the internal log, and the status is 1.
    When the argument never comes, since this process ended or called :meth:`end`, nothing is run.
    The new process has the environment and working folder of this one.

    Args:
        opens: the function, as ``package.module:function``.
        descriptors: what the process inherits; they keep their numbers.
        out: a descriptor to be its standard output; None for nowhere.
        err: the same for standard error.
        new_session: whether it leads a session and process group of its own.

    Raises:
        OSError: no process could be made; nothing is left behind.
    """

    process: subprocess.Popen[bytes]

    def __init__(
        self,
        opens: str,
        descriptors: Sequence[int] = (),
        out: int | None = None,
        err: int | None = None,
        new_session: bool = False,
    ) -> None:
        self._to_close: list[int] = []
        try:
            head = self._keep(unlinked_file(pickle.dumps((_absolute_path(), opens))))
            # Not a pipe: a child that never reads would stop us once the pipe is full.
            self._argument = self._keep(unlinked_file())
            # Its end tells that the argument is there: a word in it could end us by SIGPIPE.
            given, self._given = os.pipe()
            self._to_close += given, self._given
            self.process = subprocess.Popen(
                # The name of the function is only for those who list processes.
                [
                    *(sys.executable or "", *_interpreter_flags(), _START_FILE),
                    *map(str, (head, self._argument, given)),
                    opens,
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL if out is None else out,
                stderr=subprocess.DEVNULL if err is None else err,
                pass_fds=(head, self._argument, given, *descriptors),
                start_new_session=new_session,
            )
        except BaseException:
            self._close()
            raise
        for number in (head, given):
            self._to_close.remove(number)
            os.close(number)

    def give(self, argument: object) -> None:
        """Let the function run.

        Args:
            argument: its only argument; must be fit to be pickled.
        """
        with open(self._argument, "wb", closefd=False) as file:
            file.write(pickle.dumps(argument))
        self._close()

    def end(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        self.process.wait()
        self._close()

    def _keep(self, number: int) -> int:
        self._to_close.append(number)
        return number

    def _close(self) -> None:
        while self._to_close:
            os.close(self._to_close.pop())


def start_fresh(
    opens: str,
    argument: object,
    descriptors: Sequence[int] = (),
    out: int | None = None,
    err: int | None = None,
    new_session: bool = False,
) -> subprocess.Popen[bytes]:
    """Run a function in a new interpreter: a :class:`Fresh` that is given its argument at once.

    Raises:
        OSError: no process could be made; nothing is left behind.
    """
    fresh = Fresh(opens, descriptors, out, err, new_session)
    try:
        fresh.give(argument)
    except BaseException:
        fresh.end()
        raise
    return fresh.process


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
