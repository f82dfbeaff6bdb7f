"""What a link is tuned by."""

from __future__ import annotations

import attrs


@attrs.frozen
class Limits:
    """What a link is tuned by; the figures are our choices.

    Attributes:
        window_bytes: how much may be sent and not yet handled, beyond the first message.
        batch_bytes: how much goes out in one write, beyond the first message.
        tell_after_s: how long the counters wait for a message to ride on.
        tell_after_messages: how many messages come in before the counters are told at once.
        resend_after_s: how long to wait for *received*, the first time; then twice as long each time.
        resend_at_most_s: the longest such wait.
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
    resend_after_s: float = 0.2
    resend_at_most_s: float = 5.0
    reopen_after_s: float = 0.05
    reopen_at_most_s: float = 2.0
    doubt_after_s: float = 0.4
    doubt_at_most_s: float = 5.0
