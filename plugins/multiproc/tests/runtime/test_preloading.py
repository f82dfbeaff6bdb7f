"""Modules that the launcher preloads are there for all actors, and do the launcher no harm."""

from __future__ import annotations

import ast
import os
import signal
from pathlib import Path

import pytest

from plugins.multiproc.tests.runtime.standin import StandIn, has_ended, is_running, order, pipe, read
from thespian_multiproc.runtime.orders import Died, Origin

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="looks at processes in /proc")


@pytest.fixture
def internal_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("THESPLOG_FILE", str(tmp_path / "internal.log"))
    return tmp_path / "internal.log"


def test_preloaded_modules_are_there_and_one_that_is_broken_does_no_harm(
    tmp_path: Path, internal_log: Path
) -> None:
    (tmp_path / "preloaded_well.py").write_text("")
    (tmp_path / "preloaded_badly.py").write_text("raise SystemExit(3)\n")
    modules = ("preloaded_badly", "preloaded_well")
    with StandIn(preload=modules, origin=Origin((str(tmp_path),))) as system, pipe() as ends:
        system.say(order("say_it_all", "a"), ends[1])
        assert ast.literal_eval(read(ends[0]).decode()) == ["preloaded_well"]
    assert "cannot preload 'preloaded_badly': SystemExit: 3" in internal_log.read_text()


def test_a_preloaded_module_that_sets_signals_for_itself_hides_no_death_from_the_launcher(
    tmp_path: Path,
) -> None:
    (tmp_path / "preloaded_deaf.py").write_text(
        "import signal\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_DFL)\n"
        "signal.set_wakeup_fd(-1)\n"  # as an event loop does that has had handlers
        "signal.pthread_sigmask(signal.SIG_SETMASK, ())\n"
    )
    with StandIn(preload=("preloaded_deaf",), origin=Origin((str(tmp_path),))) as system:
        system.say(order("go", "a"))
        system.wait_for(Died, "a")
        system.launcher.send_signal(signal.SIGTERM)
        system.say(order("go", "b"))
        system.wait_for(Died, "b")


def test_what_a_preloaded_module_has_started_ends_with_the_launcher(tmp_path: Path) -> None:
    (tmp_path / "preloaded_parent.py").write_text(
        "import pathlib, subprocess\n"
        "started = subprocess.Popen(['sleep', '1000'])\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(started.pid))\n"
    )
    with StandIn(preload=("preloaded_parent",), origin=Origin((str(tmp_path),))) as system:
        system.say(order("go", "a"))
        system.wait_for(Died, "a")
        pid = int((tmp_path / "pid").read_text())
        assert is_running(pid)
        assert system.finish() == 0
    assert has_ended(pid)


def test_a_preloaded_module_cannot_start_a_system(tmp_path: Path, internal_log: Path) -> None:
    (tmp_path / "preloaded_starter.py").write_text(
        "from thespian.actors import ActorSystem\nActorSystem('simpleSystemBase')\n"
    )
    with StandIn(preload=("preloaded_starter",), origin=Origin((str(tmp_path),))) as system:
        system.say(order("go", "a"))
        system.wait_for(Died, "a")
    text = internal_log.read_text()
    assert (
        "cannot preload 'preloaded_starter': ActorSystemStartupFailure: ActorSystem(...) was called" in text
    )
