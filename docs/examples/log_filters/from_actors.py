"""A log filter that tells what actors say from what the rest of the program says."""

from __future__ import annotations

import logging


class FromActors(logging.Filter):
    """Passes what an actor logged with ``self.logger()``, and nothing else."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the record is from an actor: ``self.logger()`` adds its address."""
        return bool(getattr(record, "actorAddress", None))
