"""A log filter that gives every record an actor's address, so that a format may ask for it."""

from __future__ import annotations

import logging


class ActorAddressLogFilter(logging.Filter):
    """Passes every record; ``actorAddress`` is an empty text in those that are not from an actor."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add what is missing."""
        if getattr(record, "actorAddress", None) is None:
            record.actorAddress = ""
        return True
