"""Fails the test that leaves something behind, or that is slow and does not say so.

A pytest plugin, named in ``pyproject.toml``, so that it also guards the tests under ``plugins/``.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
from collections.abc import Generator

import pytest
from hypothesis import settings

from tools.leaks import Snapshot, left_since

# The same cases in every run, so that a red run means that the change is to blame. To look for new ones:
# pytest --hypothesis-profile=default
settings.register_profile("repeatable", derandomize=True, deadline=None)

SLOW_FROM_S = 1.0
# Ten times as much is allowed before a test fails: machines that run tests are shared and noisy, and one
# test of a system may start a dozen processes.
FAILS_FROM_S = 10 * SLOW_FROM_S

# What runs on every base: `make quick` runs it on these two, and `make test` the slow of it on the second:
# all of them on all bases take too long.
QUICK_ON = ("simpleSystemBase", "multiprocTCPBase")
SLOW_ON = "multiprocTCPBase"

slower_than_they_say = pytest.StashKey[list[tuple[float, str]]]()


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `make soak`, or to `make test`, what is said of another base already."""
    for item in items:
        given = getattr(item, "callspec", None)
        params = {} if given is None else given.params
        if params.get("base_name", params.get("system_base", SLOW_ON)) not in QUICK_ON:
            item.add_marker("again")
        if params.get("base_name", SLOW_ON) != SLOW_ON and item.get_closest_marker("slow"):
            item.add_marker("soak")


def pytest_configure() -> None:
    """Give the run a state folder of its own, and let Ctrl-C work in what the tests start.

    A shell has its background jobs ignore Ctrl-C, and every program that they start inherits that.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # Systems of the tests have a key of their own: the user's is neither read nor made.
    state = tempfile.mkdtemp(prefix="thespian-tests-")
    os.environ["XDG_STATE_HOME"] = state
    atexit.register(_remove, state, os.getpid())


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # and not a fork of it
        shutil.rmtree(folder, ignore_errors=True)


def fail_for_leaks(who: str, sentences: list[str]) -> None:
    """Fail the running test when there is something to say."""
    if sentences:
        pytest.fail(f"{who} left behind: {'; '.join(sentences)}", pytrace=False)


# Wider scopes are set up first and torn down last, so each of the two fixtures sees what its own
# scope is to answer for: an actor system that a module's tests share is not any single test's leak.
@pytest.fixture(scope="session", autouse=True)
def _no_fixture_leaves_anything_behind() -> Generator[None]:
    before = Snapshot.now()
    yield
    fail_for_leaks("a fixture shared by several tests", left_since(before))


@pytest.fixture(autouse=True)
def _no_test_leaves_anything_behind(
    _no_fixture_leaves_anything_behind: None, request: pytest.FixtureRequest
) -> Generator[None]:
    before = Snapshot.now()
    yield
    fail_for_leaks(f"the test {request.node.name}", left_since(before))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note a slow test that is not marked, and fail it when it is far too slow."""
    report = yield
    marked = item.get_closest_marker("slow") or item.get_closest_marker("soak")
    if call.when == "call" and report.passed and not marked and call.duration > SLOW_FROM_S:
        item.config.stash.setdefault(slower_than_they_say, []).append((call.duration, item.nodeid))
        if call.duration > FAILS_FROM_S:
            report.outcome = "failed"
            report.longrepr = (
                f"{item.nodeid} took {call.duration:.1f} s; a test that is not marked slow may take "
                f"{SLOW_FROM_S:g} s ({FAILS_FROM_S:g} s on a busy machine): make it faster, or mark it slow"
            )
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """List the tests that should be faster, or be marked."""
    slow = config.stash.get(slower_than_they_say, None)
    if slow:
        terminalreporter.section(f"took more than {SLOW_FROM_S:g} s and are not marked slow")
        for duration, name in sorted(slow, reverse=True):
            terminalreporter.line(f"{duration:6.1f} s  {name}")
