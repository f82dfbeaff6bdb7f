"""Who was killed at the end of a system is told with what it was doing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from thespian_core.addresses import ActorAddress, Mailbox
from thespian_core.semantics.birth import Birth
from thespian_multiproc.runtime.casualties import Casualties, state_of
from thespian_multiproc.runtime.orders import Progress

ANN, BOB = (ActorAddress(Mailbox("X", "nowhere", name)) for name in ("ann", "bob"))


def casualties() -> Casualties:
    """Ann, and her child Bob, whose processes are not known."""
    births = {"ann": Birth(ANN, "app.Ann", None), "bob": Birth(BOB, "app.Bob", ANN)}
    return Casualties(births, {}, {"prog": 7}, "adm")


def test_an_actor_in_a_handler_is_told_with_whose_message_that_is() -> None:
    killed = casualties()
    killed.died("bob", [Progress("ann", 3, 3), Progress("prog", 2, 1)])
    assert killed.lines()[1] == (
        "ActorAddr-(X|nowhere~bob) app.Bob did not exit within 7.5 s: "
        "it was handling message 2 from a program (process 7)"
    )


def test_an_actor_whose_children_are_there_waits_for_them() -> None:
    assert (
        casualties()
        .lines()[0]
        .endswith("app.Ann did not exit within 7.5 s: it was waiting for 1 of its children to exit")
    )


def test_an_actor_that_handled_nothing_is_not_said_to() -> None:
    killed = casualties()
    killed.died("bob", [Progress("ann", 3, 3)])
    assert killed.lines()[1].endswith("it was handling no message of others")


@pytest.mark.parametrize(
    ("peer", "who"),
    [("ann", "ActorAddr-(X|nowhere~ann) (app.Ann)"), ("adm", "the admin"), ("x", "somebody who has ended")],
)
def test_the_sender_is_named_as_far_as_it_is_known(peer: str, who: str) -> None:
    killed = casualties()
    killed.died("bob", [Progress(peer, 1, 0)])
    assert killed.lines()[1].endswith(f"it was handling message 1 from {who}")


def test_they_are_told_to_the_internal_log_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THESPLOG_FILE", str(tmp_path / "internal.log"))
    lines = casualties().log()
    text = (tmp_path / "internal.log").read_text()
    assert all(f"killed at shutdown: {line}\n" in text for line in lines)


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="processes are looked at in /proc")
def test_what_a_process_is_doing_is_told_in_words() -> None:
    assert state_of(os.getpid()) == "busy on a processor"
    assert state_of(2**22 + 1) == ""
