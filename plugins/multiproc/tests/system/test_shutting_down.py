"""Threads of a program give up what others still use: a connection, or the whole system."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import ExitStack
from typing import Any

import pytest

from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import Actor
from thespian_core.api.system import ActorSystem
from thespian_core.messages import ActorExitRequest
from thespian_core.testing.contract import PATIENCE_S
from thespian_multiproc.runtime.opening import new_prefix, open_exchange
from thespian_multiproc.runtime.port import LEAVE_LIMIT_S, EnginePort

LAST_S = 2.0  # how long the actor takes to exit


class Lingering(Actor):
    """Tells who has asked for it that its end has begun, and takes its time for it."""

    first: ActorAddress
    asker: ActorAddress

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if message == "hello":
            self.first = sender
            self.send(sender, "hello")
        elif message == "say when":
            self.asker = sender
            self.send(self.first, "was asked")
        elif isinstance(message, ActorExitRequest):
            self.send(self.asker, "now")
            threading.Event().wait(LAST_S)


@pytest.mark.slow
def test_a_shutdown_is_heard_of_though_other_threads_give_their_connections_up(asys: ActorSystem) -> None:
    lingering = asys.createActor(Lingering)
    assert asys.ask(lingering, "hello", PATIENCE_S) == "hello"
    with ExitStack() as connections:
        # Any of these may be the one by which the end is asked for.
        mine = [connections.enter_context(asys.private()) for _ in range(20)].pop()
        heard = []

        def give_up() -> None:
            heard.append(mine.ask(lingering, "say when", PATIENCE_S))
            connections.close()

        other = threading.Thread(target=give_up)
        other.start()
        assert asys.listen(PATIENCE_S) == "was asked"
        began = time.monotonic()
        asys.shutdown()
        took_s = time.monotonic() - began
        other.join()
    assert heard == ["now"]
    assert LAST_S / 2 < took_s < LAST_S * 3


@pytest.mark.slow
def test_who_waits_at_a_connection_that_another_thread_gives_up_gets_nothing_at_once(
    asys: ActorSystem,
) -> None:
    lingering = asys.createActor(Lingering)
    assert asys.ask(lingering, "hello", PATIENCE_S) == "hello"
    heard = []
    with asys.private() as mine:
        other = threading.Thread(target=lambda: heard.append(mine.ask(lingering, "say when")), daemon=True)
        other.start()
        assert asys.listen(PATIENCE_S) == "was asked"
    other.join(PATIENCE_S)
    assert heard == [None]


class ClosedMeanwhile(EnginePort):
    """Another thread closes it when its admin has let it in, and it does not know yet."""

    def _take_words(self) -> None:
        super()._take_words()
        if self.joined is not None:
            self.close()


def test_a_connection_that_is_given_up_while_it_is_made_holds_no_program_up(asys: ActorSystem) -> None:
    base: Any = asys._running.base
    port = ClosedMeanwhile(
        lambda hears: open_exchange(base._transport, None, f"{new_prefix()}p", base._own_key(), hears),
        asys._running.main.admin,
    )
    assert port.join(PATIENCE_S) is not None
    assert port.wait_until_closed(LEAVE_LIMIT_S * 0.9)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system stops no processes")
def test_a_stopped_admin_is_woken_and_ends_its_system(
    asys: ActorSystem, caplog: pytest.LogCaptureFixture
) -> None:
    admin_pid = asys._running.base._admin.pid  # type: ignore[attr-defined]
    os.kill(admin_pid, signal.SIGSTOP)
    asys.shutdown()
    assert caplog.messages == []  # none that it had to be killed
