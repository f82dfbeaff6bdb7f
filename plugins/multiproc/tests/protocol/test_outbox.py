"""What one side of a link keeps, and what may go out."""

from __future__ import annotations

import time

from thespian_multiproc.protocol.outbox import Load, Outbox

WINDOW_BYTES = 4 << 20
MANY = 200_000


def test_a_full_window_is_seen_at_once_however_many_messages_it_holds() -> None:
    def seconds(window_bytes: int) -> float:
        outbox = Outbox(window_bytes, window_bytes, Load())
        for _ in range(MANY):
            outbox.keep(bytes(16))
        while outbox.next_batch():
            pass
        began_at = time.perf_counter()
        for _ in range(1000):
            assert outbox.next_batch() == []
        return time.perf_counter() - began_at

    assert seconds(16 * (MANY - 1)) < 20 * seconds(16) + 0.05


def test_what_is_counted_as_not_sent_goes_out_again_in_its_order() -> None:
    load = Load()
    outbox = Outbox(WINDOW_BYTES, WINDOW_BYTES, load)
    messages = [bytes([number]) * number for number in range(1, 10)]
    for message in messages:
        outbox.keep(message)
    assert outbox.next_batch() == messages
    outbox.take_counters(received=5, handled=3)
    outbox.rewind(5)
    assert load.unsent_bytes == sum(map(len, messages[5:]))
    assert outbox.next_batch() == messages[5:]
    assert outbox.empty(handled=4) == (5, messages[4:])
    assert load.unsent_bytes == 0
