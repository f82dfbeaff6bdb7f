"""What things cost."""

from __future__ import annotations

CENTS = {"apple": 40, "bread": 250, "cheese": 620}


def total(order: dict[str, int]) -> int:
    """Return what an order costs, in cents."""
    return sum(CENTS[what] * number for what, number in order.items())
