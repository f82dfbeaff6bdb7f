"""Periods in seconds, under the path that existing programs import."""

from thespian_core.timing import period_seconds as timePeriodSeconds

__all__ = ["timePeriodSeconds"]
