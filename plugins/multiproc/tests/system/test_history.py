"""Every message whose sender lives ends exactly once, whoever is killed, whenever."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.multiproc.tests.system.history import History
from thespian_core.api.system import ActorSystem

SEED = 20_240_611


def check(asys: ActorSystem, folder: Path, rounds: int, messages: int) -> None:
    """Run a history, print what became of all messages, and fail if any did not end exactly once."""
    history = History(asys, folder, SEED, senders=8, targets=6)
    try:
        for number in range(rounds):
            history.round(messages // rounds, kill_sender=number % 5 == 4)
        account = history.finish()
    finally:
        history.close()
    print(
        f"\nseed {SEED}: {sum(history.sent.values()):,} messages, {history.kills} kills, "
        f"{history.kills_in_handlers} of them in a handler, "
        f"{account.most_dead:,} messages waiting at some kill; {dict(account.outcomes)}"
    )
    assert account.wrong == []
    assert history.kills >= 50
    assert 2 * history.kills_in_handlers >= history.kills - len(history.killed_senders)
    assert account.most_dead >= 1000


@pytest.mark.slow
def test_every_message_ends_exactly_once_though_actors_are_killed(asys: ActorSystem, tmp_path: Path) -> None:
    check(asys, tmp_path, rounds=25, messages=100_000)


@pytest.mark.soak
def test_every_one_of_ten_million_messages_ends_exactly_once(asys: ActorSystem, tmp_path: Path) -> None:
    check(asys, tmp_path, rounds=100, messages=10_000_000)
