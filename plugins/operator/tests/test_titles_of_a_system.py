"""In lists of processes one sees who is who."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.operator.tests.conftest import Town

pytest.importorskip("setproctitle")


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="titles are read from /proc")
def test_each_process_says_who_it_is_and_of_which_system(town: Town) -> None:
    town.hire(1)
    found = town.thespian.json("status")
    pids = [one["pid"] for one in (*found["processes"].values(), *found["actors"])]
    titles = [Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0 ") for pid in pids]
    whose = ("admin", "launcher", "log process")
    classes = ("actor plugins.operator.tests.town.Mayor", "actor plugins.operator.tests.town.Worker")
    assert titles == [f"thespian: {who} (system 127.0.0.1:{town.port})" for who in (*whose, *classes)]
