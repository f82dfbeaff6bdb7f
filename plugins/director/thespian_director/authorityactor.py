"""The Director's source authority as an actor, for a folder that it is told."""

from __future__ import annotations

from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.api.dispatcher import ActorTypeDispatcher
from thespian_core.messages import ValidatedSource, ValidateSource
from thespian_core.sources.reading import source_hash
from thespian_director.authority import validated
from thespian_director.folder import DirectorFolder

STARTUP = "Startup:"


class SourceAuthority(ActorTypeDispatcher):
    """Registers itself as the source authority when it is sent ``Startup:FOLDER``.

    From then on it accepts what a key in that folder has signed. Keys are read each time.
    """

    _folder: DirectorFolder | None = None

    def receiveMsg_str(self, message: str, sender: ActorAddress) -> None:
        """Take a folder, and the task."""
        if message.startswith(STARTUP):
            self._folder = DirectorFolder(message.removeprefix(STARTUP) or None)
            self.registerSourceAuthority()

    def receiveMsg_ValidateSource(self, message: ValidateSource, sender: ActorAddress) -> None:
        """Decide on a source, and answer at once also when it is rejected."""
        data: Any = message.sourceData
        usable = None
        if self._folder is not None and data and source_hash(data) == message.sourceHash:
            usable = validated(self._folder, message.sourceHash, data, message.sourceInfo)
        self.send(sender, ValidatedSource(message.sourceHash, usable, message.sourceInfo))
