"""What a link is tuned by."""

from __future__ import annotations

import attrs


@attrs.frozen
class Limits:
    """What a link is tuned by; the figures are our choices.

    Where frames can be lost, ``frame_bytes`` takes the place of ``batch_bytes``.

    Attributes:
        window_bytes: how much may be sent and not yet handled, beyond the first message.
        batch_bytes: how much goes out in one write, beyond the first message.
        tell_after_s: how long the counters wait for a message to ride on.
        tell_after_messages: how many messages come in before the counters are told at once.
        frame_bytes: the largest frame, without its code.
        flying_bytes: how much may be under way and not seen, at most.
        swap_s: how long frames are waited for that others have overtaken, at least.
        tell_after_frames: how many frames come in before the counters are told at once.
        asked_after_s: how long to wait for an answer that was asked for, at least, the first time; then twice
            as long each time.
        resend_after_s: the same where the other side may take its time.
        resend_at_most_s: the longest such waits, unless answers take longer.
        reopen_after_s: how long to wait after a conversation broke, the second time; then twice as long.
        reopen_at_most_s: the longest such wait.
        doubt_after_s: how long mail may be owed without a word before somebody is asked whether the other
            side lives; then twice as long each time.
        doubt_at_most_s: the longest such wait.
    """

    window_bytes: int = 4 * 1024 * 1024
    batch_bytes: int = 256 * 1024
    tell_after_s: float = 0.02
    tell_after_messages: int = 512
    frame_bytes: int = 15_000  # with what Linux adds, a datagram of that size takes 16 KiB of a full buffer
    flying_bytes: int = 512 * 1024
    swap_s: float = 0.005
    tell_after_frames: int = 16
    asked_after_s: float = 0.01
    resend_after_s: float = 0.06
    resend_at_most_s: float = 2.0
    reopen_after_s: float = 0.05
    reopen_at_most_s: float = 2.0
    doubt_after_s: float = 0.4
    doubt_at_most_s: float = 5.0
