"""On a terminal, loading shows a bar, which is gone when the result is printed."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from plugins.director.tests.running.conftest import PATIENCE_S, Shop
from tools.terminals import read_all

pytestmark = pytest.mark.slow

GONE = "\x1b[1A\x1b[2K"  # up one line, and clear it: how rich removes a bar


@pytest.mark.parametrize("words", [("refresh",), ("load", "app")])
def test_a_terminal_gets_a_bar_and_then_the_result(shop: Shop, words: tuple[str, ...]) -> None:
    package = shop.package(1)
    drawn, status = on_terminal(shop, *words)
    assert status == 0
    bar, _, result = drawn.rpartition(GONE)
    assert "loading" in bar
    assert "0/1" in bar
    assert result.strip() == f'Loaded "app" {package}: {shop.loaded()["ActiveHash"]}'


def test_a_terminal_gets_no_bar_when_each_step_is_told(shop: Shop) -> None:
    shop.package(1)
    drawn, status = on_terminal(shop, "verbose", "refresh")
    assert status == 0
    assert "\x1b" not in drawn
    assert [line.split()[0] for line in drawn.splitlines()] == ["groups", "loading", "the", "Loaded"]


def on_terminal(shop: Shop, *words: str) -> tuple[str, int]:
    """Run a command on a terminal; return what is drawn there, and the exit status."""
    # The processes of a system that the command started would keep the terminal open.
    assert shop.control.asys is not None
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "thespian.director", *words]
    environ = {**shop.environ, "TERM": "xterm", "COLUMNS": "80"}
    with subprocess.Popen(
        command, env=environ, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        try:
            drawn = read_all(ours)
        finally:
            os.close(ours)
        process.wait(PATIENCE_S)
    return drawn, process.returncode
