"""A fresh interpreter runs a function with what it was given and nothing else."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plugins.multiproc.tests.runtime.standin import PATIENCE_S, pipe, read
from thespian_multiproc.runtime.fresh import Fresh, start_fresh

JOBS = "plugins.multiproc.tests.runtime.fresh_jobs"


def facts_from(argument: object = None, **options: Any) -> dict[str, Any]:
    """Return what a fresh process finds out about itself."""
    with pipe() as ends:
        process = start_fresh(f"{JOBS}:tell", (ends[1], argument), ends[1:], **options)
        facts: dict[str, Any] = ast.literal_eval(read(ends[0]).decode())
        assert process.wait(PATIENCE_S) == 0
    return facts


def test_it_gets_its_argument_and_the_search_path() -> None:
    facts = facts_from({"a": [1, 2]})
    assert facts["argument"] == {"a": [1, 2]}
    assert facts["path"] == [os.path.abspath(folder) for folder in sys.path]
    assert facts["argv"] == 1


def test_its_standard_streams_lead_nowhere() -> None:
    assert facts_from()["streams"] == [True, True, True]


@pytest.mark.parametrize("new_session", [False, True])
def test_it_leads_a_session_only_if_told(new_session: bool) -> None:
    assert facts_from(new_session=new_session)["session"] == new_session


def test_a_large_argument_does_not_stop_the_starter() -> None:
    with pipe() as ends:
        process = start_fresh(f"{JOBS}:length", (ends[1], bytes(5_000_000)), ends[1:])
        assert read(ends[0]) == b"5000000"
        assert process.wait(PATIENCE_S) == 0


def test_a_users_module_does_not_stand_in_for_one_of_the_standard_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("random", "pickle", "selectors", "logging"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('not this one')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", str(tmp_path), *sys.path])
    facts = facts_from()
    assert facts["path"][:2] == [str(tmp_path), str(tmp_path)]
    assert facts["random"] is None or str(tmp_path) not in facts["random"]


def test_what_it_prints_goes_where_it_was_told(tmp_path: Path) -> None:
    out, err = tmp_path / "out", tmp_path / "err"
    with out.open("wb") as to_out, err.open("wb") as to_err:
        process = start_fresh(f"{JOBS}:print_both", None, out=to_out.fileno(), err=to_err.fileno())
        assert process.wait(PATIENCE_S) == 0
    assert (out.read_text(), err.read_text()) == ("to stdout", "to stderr")


@pytest.mark.parametrize(
    ("job", "said"),
    [
        ("fail", "LookupError: as this one is made to"),
        ("leave", "SystemExit: words that nobody sees"),
        ("nowhere", "has no attribute 'nowhere'"),
    ],
)
def test_what_goes_wrong_is_in_the_internal_log(
    job: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "internal.log"
    monkeypatch.setenv("THESPLOG_FILE", str(log))
    assert start_fresh(f"{JOBS}:{job}", None).wait(PATIENCE_S) == 1
    assert "Traceback" in log.read_text()
    assert said in log.read_text()


def test_it_waits_for_its_argument_however_long_that_takes() -> None:
    with pipe() as ends:
        fresh = Fresh(f"{JOBS}:length", ends[1:])
        with pytest.raises(subprocess.TimeoutExpired):
            fresh.process.wait(0.5)
        fresh.give((ends[1], b"abc"))
        assert read(ends[0]) == b"3"
        assert fresh.process.wait(PATIENCE_S) == 0


def test_when_the_starter_ends_before_it_gave_the_argument_nothing_is_run() -> None:
    with pipe() as ends:
        code = (
            "import os\n"
            "from thespian_multiproc.runtime.fresh import Fresh\n"
            f"fresh = Fresh('{JOBS}:tell', ({ends[1]},))\n"
            f"os.write({ends[1]}, b'started')\n"
            "os._exit(0)"
        )
        subprocess.run([sys.executable, "-c", code], pass_fds=ends[1:], check=True, timeout=PATIENCE_S)
        os.close(ends.pop())
        assert read(ends[0]) == b"started"
        assert read(ends[0]) == b"", "nobody has the pipe any more, so its process has ended"


def test_one_that_is_given_up_is_gone_at_once() -> None:
    fresh = Fresh(f"{JOBS}:length")
    fresh.end()
    assert fresh.process.returncode == -signal.SIGKILL


def test_a_start_that_fails_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(FileNotFoundError):
        start_fresh(f"{JOBS}:tell", None)
