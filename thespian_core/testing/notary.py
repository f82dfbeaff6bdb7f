"""Notary, an actor of the contract tests that decides about sources."""

from __future__ import annotations

from thespian_core.addresses import ActorAddress
from thespian_core.messages import ValidatedSource, ValidateSource
from thespian_core.testing.doer import Doer

SEAL = b"sealed:"
SILENCE = b"silence"


class Notary(Doer):
    """Unseals what is sealed, says nothing of what begins with silence, and rejects the rest."""

    def do_register(self, _: ActorAddress) -> str:
        """Become the authority."""
        self.registerSourceAuthority()
        return "asked"

    def do_verdict(self, _: ActorAddress, admin: ActorAddress, source_hash: str, data: bytes) -> str:
        """Decide on a source without having been asked, or without being the authority."""
        self.send(admin, ValidatedSource(source_hash, data))
        return "sent"

    def receiveMsg_ValidateSource(self, message: ValidateSource, sender: ActorAddress) -> None:
        """Decide."""
        data = message.sourceData or b""
        if not data.startswith(SILENCE):
            usable = data[len(SEAL) :] if data.startswith(SEAL) else None
            self.send(sender, ValidatedSource(message.sourceHash, usable, message.sourceInfo))
