"""Runs one program in a fresh process, and ends what is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress

from benchmarks.programs.processes import descendants, keep_orphans, wait_until_gone
from benchmarks.systems import PROGRAMS

LEAVE_AFTER_S = 3.0  # our choice: what is still there so long after its program is left over


class NotMeasured(Exception):
    """A program did not come to its end, or left processes behind; the text says how."""


def run_program(command: Sequence[str], limit_s: float) -> str:
    """Run a program of ``programs/``, and return what it printed; nothing of it is left then.

    All that is below this process when the program has ended counts as the program's, and is ended:
    only for a process that starts nothing else.

    Args:
        command: the interpreter, the program's file name, and its arguments.
        limit_s: how long it may take.

    Raises:
        NotMeasured: it failed, took too long, or left processes behind; they were ended.
        OSError: it could not be started.
    """
    keep_orphans()
    environment = dict(os.environ)
    # Without bytecode files, every process would compile what it imports.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    python, script, *arguments = command
    # Not pipes: a process that is left behind would keep them open, and us waiting.
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        program = subprocess.Popen(
            [python, str(PROGRAMS / script), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=PROGRAMS,
            env=environment,
        )
        try:
            program.wait(limit_s)
        except subprocess.TimeoutExpired:
            raise NotMeasured(f"it was ended after {limit_s:.0f} s") from None
        finally:
            if program.poll() is None:
                program.kill()
                program.wait()
                left = _end_the_rest(0.0)
            else:
                left = _end_the_rest(LEAVE_AFTER_S)
        out.seek(0)
        err.seek(0)
        if program.returncode != 0:
            lines = err.read().strip().splitlines() or [f"it ended with status {program.returncode}"]
            raise NotMeasured(lines[-1])
        if left:
            raise NotMeasured(f"it left {left} processes behind, which were ended")
        return out.read()


def _end_the_rest(after_s: float) -> int:
    """End all processes below this one, and return how many there were."""
    wait_until_gone(time.perf_counter() + after_s)
    ended = set()
    until = time.perf_counter() + LEAVE_AFTER_S
    while (left := descendants()) and time.perf_counter() < until:  # they may start others meanwhile
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        ended |= set(left)
        _bury()
        time.sleep(0.005)
    _bury()
    return len(ended)


def _bury() -> None:
    """Take note of the ends of orphans, who are ours to bury."""
    with suppress(ChildProcessError, AttributeError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
