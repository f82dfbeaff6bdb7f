"""The actor that lets a plugin's function decide about sources: an actor, so that it may crash or hang."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import Actor
from thespian_core.extending import SourceAuthority
from thespian_core.hooks.records import SourceAuthoritySpec
from thespian_core.hooks.registry import default_registry
from thespian_core.messages import ValidatedSource, ValidateSource
from thespian_core.sources.reading import source_hash
from thespian_core.texts import told


class PluginAuthority(Actor):
    """Answers every ValidateSource with what a plugin's function says of it.

    Args:
        requirements: the name of the source authority.
    """

    def __init__(self, requirements: str) -> None:
        self._name = requirements
        self._validate: SourceAuthority = default_registry().open(SourceAuthoritySpec, requirements)

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Decide; a function that fails has rejected."""
        if isinstance(message, ValidateSource):
            data = self._decision(message)
            self.send(sender, ValidatedSource(message.sourceHash, data, message.sourceInfo))

    def _decision(self, question: ValidateSource) -> bytes | None:
        if source_hash(question.sourceData or b"") != question.sourceHash:
            self._complain(question, "was given another source under this hash")
            return None
        try:
            data: Any = self._validate(question.sourceHash, question.sourceData or b"", question.sourceInfo)
        except KeyboardInterrupt:
            raise
        except BaseException:
            self._complain(question, f"has failed:\n{traceback.format_exc()}")
            return None
        if data is not None and not isinstance(data, (bytes, bytearray, memoryview)):
            self._complain(question, f"has answered with a {type(data).__name__}, not with bytes or None")
            return None
        return None if data is None else bytes(data)

    def _complain(self, question: ValidateSource, what: str) -> None:
        logging.getLogger("thespian").error(
            "the source %s (%s) is rejected, since the source authority %s %s",
            question.sourceHash,
            told(question.sourceInfo),
            self._name,
            what,
        )
