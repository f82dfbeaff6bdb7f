"""Periods: what programs give as timedelta or number, in seconds."""

from __future__ import annotations

import math
from datetime import timedelta

from thespian_core.texts import shown


def period_seconds(period: timedelta | float | None) -> float | None:
    """Return a period in seconds; a negative one is 0, and None ("for ever") stays None.

    A period may be infinite.

    Raises:
        TypeError: ``period`` is neither timedelta nor number nor None.
        ValueError: ``period`` is not a number (NaN).
    """
    if period is None:
        return None
    if isinstance(period, timedelta):
        seconds = period.total_seconds()
    elif isinstance(period, (int, float)):
        try:
            seconds = float(period)
        except OverflowError:  # an int beyond all floats
            seconds = math.inf if period > 0 else 0.0
    else:
        raise TypeError(
            f"Unknown type for timespec: {type(period).__name__} ({shown(period, 80)}); "
            f"give a datetime.timedelta, a number of seconds, or None"
        )
    if seconds != seconds:
        raise ValueError("a timespec of NaN is no period; give a datetime.timedelta or a number of seconds")
    return max(0.0, seconds)
