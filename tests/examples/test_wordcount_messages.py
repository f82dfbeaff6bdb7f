"""The word count's messages can travel to other processes."""

from __future__ import annotations

import pickle
from collections import Counter

import attrs
import pytest

from examples.wordcount import messages as m
from thespian.actors import ActorAddress

ACTOR = ActorAddress("actor")
FILE = m.File("a.py", 3)
TALLY = m.Tally(3, 2, (("a", 2), ("b", 1)))
MESSAGES = [
    m.CountFiles("/", 2, 10),
    m.Batch(7, (FILE, FILE), ACTOR),
    m.BatchRead(),
    m.BatchCounts(7, ACTOR, 1, 3, Counter("aab"), Counter("a"), (m.Skipped("b.txt", "gone"),)),
    m.BatchCounted(7),
    m.SendTotals(ACTOR, 10),
    m.Totals(1, 3, TALLY, TALLY, (m.Skipped("b.txt", "gone"),)),
    m.ReportProgress(),
    m.Progress(1, 2, 3, 4, is_searching=False),
    m.CountingFailed("no"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_is_the_same_after_a_journey(message: object) -> None:
    assert pickle.loads(pickle.dumps(message)) == message


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_cannot_be_changed(message: attrs.AttrsInstance) -> None:
    for field in attrs.fields(type(message)):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(message, field.name, None)
