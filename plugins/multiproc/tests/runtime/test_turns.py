"""Several threads take turns, and Ctrl-C at any moment takes the endpoint from nobody for good."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable
from itertools import count
from types import FrameType

import pytest

from thespian_multiproc.runtime import turns as turns_module
from thespian_multiproc.runtime.turns import Turns

SOON_S = 10.0
A_MOMENT_S = 0.01


class CtrlC:
    """Interrupts code where the interpreter looks for signals: when a function begins, and after calls of C.

    Args:
        at: the how manyth such place it is that is hit.
    """

    def __init__(self, at: int) -> None:
        self._left = at

    @property
    def has_hit(self) -> bool:
        """Whether the place was reached."""
        return self._left < 0

    def __enter__(self) -> CtrlC:
        sys.setprofile(self._look)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _look(self, frame: FrameType, event: str, _: object) -> None:
        if event in ("call", "c_return") and frame.f_code.co_filename == turns_module.__file__:
            self._left -= 1
            if self._left == -1:
                raise KeyboardInterrupt


def take(turns: Turns) -> None:
    turns.take()
    try:
        pass
    finally:
        turns.give()


def attend(turns: Turns) -> None:
    turns.attend(A_MOMENT_S, lambda _: True)


def in_a_thread(job: Callable[[Turns], None], turns: Turns) -> threading.Thread:
    thread = threading.Thread(target=job, args=(turns,), daemon=True)
    thread.start()
    return thread


class Attendant:
    """Another thread that attends until it is woken, if there is to be one."""

    def __init__(self, is_there: bool) -> None:
        self._woken = threading.Event()
        self.turns = Turns(self._woken.set)
        self._attends = threading.Event()
        self._thread = in_a_thread(self._attend, self.turns) if is_there else None
        if is_there:
            assert self._attends.wait(SOON_S)

    def _attend(self, turns: Turns) -> None:
        assert turns.attend(SOON_S, self._wait)

    def _wait(self, timeout_s: float | None) -> bool:
        self._attends.set()
        return self._woken.wait(timeout_s)

    def go(self) -> None:
        """Wake it, and wait until it has given way."""
        self._woken.set()
        if self._thread is not None:
            self._thread.join(SOON_S)


@pytest.mark.parametrize("is_attended", [False, True])
@pytest.mark.parametrize("job", [take, attend])
def test_whoever_is_interrupted_wherever_leaves_the_endpoint_to_others(
    job: Callable[[Turns], None], is_attended: bool
) -> None:
    for at in count():
        other = Attendant(is_attended)
        with CtrlC(at) as ctrl_c, contextlib.suppress(KeyboardInterrupt):
            job(other.turns)
        other.go()
        for after in (take, attend, take):
            thread = in_a_thread(after, other.turns)
            thread.join(SOON_S)
            assert not thread.is_alive(), f"{after.__name__} never came through, after place {at}"
        if not ctrl_c.has_hit:
            break
    assert at > 2


def test_a_second_attendant_waits_for_the_first_and_no_longer_than_it_says() -> None:
    other = Attendant(True)
    assert other.turns.attend(A_MOMENT_S, lambda _: True) is False
    other.go()
    assert other.turns.attend(A_MOMENT_S, lambda _: True) is True
