"""Ctrl-C in the middle of a call ends the call, and harms nothing."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import thespian_multiproc
from plugins.multiproc.tests.system.conftest import NewSystem
from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import Actor
from thespian_core.testing.contract import PATIENCE_S
from thespian_multiproc.runtime.opening import open_exchange
from thespian_multiproc.transport.memory import NO_FAULTS, MemoryNetwork, MemoryTransport

OURS = str(Path(thespian_multiproc.__file__).parent)
TOLD_AT_ONCE = 40


class Collector(Actor):
    """Keeps numbers, and says which."""

    def __init__(self) -> None:
        self.came: list[int] = []

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one, or say."""
        if isinstance(message, int):
            self.came.append(message)
        elif isinstance(message, str):
            self.send(sender, (message, self.came))


class CtrlC:
    """Strikes when so many functions of the engine have been called or have returned."""

    def __init__(self, at: int) -> None:
        self._left = at

    def __enter__(self) -> None:
        sys.setprofile(self._look)

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _look(self, frame: FrameType, event: str, _: object) -> None:
        if event in ("call", "c_return") and frame.f_code.co_filename.startswith(OURS):
            self._left -= 1
            if self._left == 0:
                signal.raise_signal(signal.SIGINT)


@pytest.fixture
def pythons_ctrl_c() -> Iterator[None]:
    """Let Ctrl-C be what Python makes of it; it is that again in the end."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.slow
def test_ctrl_c_at_any_step_of_telling_loses_nothing_that_was_told(
    pythons_ctrl_c: None, new_system: NewSystem
) -> None:
    asys = new_system()
    actor = asys.createActor(Collector)
    told: list[int] = []
    number = struck = 0
    for place in range(1, 1500, 11):
        try:
            with CtrlC(place):
                for _ in range(TOLD_AT_ONCE):
                    number += 1
                    asys.tell(actor, number)
                    told.append(number)
        except KeyboardInterrupt:
            struck += 1
        question = f"after {place}"
        came = asys.ask(actor, question, PATIENCE_S)
        assert came is not None
        assert came[0] == question
        seen = came[1]
        assert seen == sorted(set(seen))
        assert set(told) <= set(seen), "a message that was told has not come, or not in its place"
    assert struck > 50
    asys.shutdown()


@pytest.mark.slow
def test_ctrl_c_at_any_step_of_asking_leaves_the_system_usable(
    pythons_ctrl_c: None, new_system: NewSystem
) -> None:
    asys = new_system()
    actor = asys.createActor(Collector)
    for place in range(1, 600, 7):
        with contextlib.suppress(KeyboardInterrupt), CtrlC(place):
            asys.ask(actor, f"during {place}", PATIENCE_S)
        asys.tell(actor, f"after {place}")
        answer = None
        while answer != (f"after {place}", []):  # the answer that was not waited for may come first
            answer = asys.listen(PATIENCE_S)
            assert answer is not None
    asys.shutdown()


def test_ctrl_c_at_any_step_of_giving_a_mailbox_up_leaves_python_its_own(pythons_ctrl_c: None) -> None:
    for place in count(1):
        exchange = open_exchange(
            MemoryTransport(MemoryNetwork(1, NO_FAULTS)), None, "somebody", b"k" * 32, lambda *_: None
        )
        struck = False
        try:
            with CtrlC(place):
                exchange.close()
        except KeyboardInterrupt:
            struck = True
            if not exchange.is_closed:
                exchange.close()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler, place
        if not struck:
            break
    assert place > 5


def test_a_program_keeps_a_handler_of_its_own(pythons_ctrl_c: None, new_system: NewSystem) -> None:
    seen: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: seen.append(number))
    try:
        asys = new_system()
        signal.raise_signal(signal.SIGINT)
        assert seen == [signal.SIGINT]
        asys.shutdown()
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
