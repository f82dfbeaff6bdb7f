"""What things cost: with a tenth off from ten of a kind."""

from __future__ import annotations

CENTS = {"apple": 40, "bread": 250, "cheese": 620}
MANY = 10


def total(order: dict[str, int]) -> int:
    """Return what an order costs, in cents."""
    return sum(_cost(CENTS[what], number) for what, number in order.items())


def _cost(cents: int, number: int) -> int:
    full = cents * number
    return full - full // 10 if number >= MANY else full
