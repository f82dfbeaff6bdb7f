"""Says what an order costs."""

VERSION = 2
