"""Whoever watches a process learns of its end, also where the system has no call for that."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from thespian_multiproc.runtime.living import ProcessWatch, exists

PATIENCE_S = 20.0

# A process whose child watches it, says so, and says one thing more when the parent has ended.
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=sys.stdout, text=True)
sys.stdin.readline()
"""
CHILD = """
import os, threading
from thespian_multiproc.runtime.living import tell_when_gone
told = threading.Event()
tell_when_gone(os.getppid(), told.set)
print("watches", flush=True)
print("gone" if told.wait(20) else "lives", flush=True)
"""


@pytest.mark.parametrize("kills", [True, False])
def test_a_child_is_told_of_the_end_of_its_parent(kills: bool) -> None:
    command = [sys.executable, "-c", PARENT, CHILD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        assert parent.stdout.readline() == "watches\n"
        if kills:
            parent.kill()
        else:
            parent.stdin.write("\n")
            parent.stdin.flush()
        assert parent.stdout.readline() == "gone\n"


@pytest.mark.parametrize("has_call", [True, False])
def test_a_wait_ends_with_the_process_and_not_before(monkeypatch: pytest.MonkeyPatch, has_call: bool) -> None:
    if not has_call:
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    watch = ProcessWatch(process.pid)
    try:
        assert not watch.wait(0.15)
        reaper = threading.Thread(target=process.wait)  # without that call, an unreaped process exists
        reaper.start()
        process.kill()
        assert watch.wait(PATIENCE_S)
        reaper.join()
    finally:
        watch.close()
        assert process.stdin is not None
        process.stdin.close()
        process.kill()
        process.wait()


def test_a_process_that_only_waits_to_be_reaped_exists_no_more() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert exists(child.pid)
        watch = ProcessWatch(child.pid)
        child.kill()
        assert watch.wait(PATIENCE_S)
        watch.close()
        assert not exists(child.pid)  # though nobody has asked how it ended
