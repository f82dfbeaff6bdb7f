"""Periods: what programs give as timedelta or number, in seconds."""

from __future__ import annotations

from datetime import timedelta

from thespian_core.texts import shown


def period_seconds(period: timedelta | float | None) -> float | None:
    """Return a period in seconds; a negative one is 0, and None ("for ever") stays None.

    Raises:
        TypeError: ``period`` is neither timedelta nor number nor None.
        ValueError: ``period`` is not a number (NaN).
    """
    if period is None:
        return None
    if isinstance(period, timedelta):
        seconds = period.total_seconds()
    elif isinstance(period, (int, float)):
        seconds = float(period)
    else:
        raise TypeError(
            f"Unknown type for timespec: {type(period).__name__} ({shown(period, 80)}); "
            f"give a datetime.timedelta, a number of seconds, or None"
        )
    if seconds != seconds:
        raise ValueError("a timespec of NaN is no period; give a datetime.timedelta or a number of seconds")
    return max(0.0, seconds)
