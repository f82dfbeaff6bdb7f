"""An actor decides which sources are loaded: only those with the right seal before the zip file."""

import hashlib
import hmac
import io
import zipfile

from thespian.actors import ActorSystem, ActorTypeDispatcher, InvalidActorSourceHash, ValidatedSource

KEY = b"a secret of who makes sources and who runs them"


class Sealer(ActorTypeDispatcher):
    """The source authority: unseals what is sealed with the key, and rejects the rest."""

    def receiveMsg_str(self, message, sender):
        self.registerSourceAuthority()
        self.send(sender, "registered")

    def receiveMsg_ValidateSource(self, message, sender):
        seal, data = message.sourceData[:32], message.sourceData[32:]
        is_right = hmac.compare_digest(seal, hmac.digest(KEY, data, hashlib.sha256))
        self.send(sender, ValidatedSource(message.sourceHash, data if is_right else None, message.sourceInfo))


def main():
    """Load a sealed source and a forged one."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("echo.py", ECHO)
    data = file.getvalue()
    system = ActorSystem("simpleSystemBase", logDefs=False)
    try:
        system.ask(system.createActor(Sealer), "go", timeout=10)
        for seal in (hmac.digest(KEY, data, hashlib.sha256), bytes(32)):
            source = system.loadActorSource(io.BytesIO(seal + data))
            try:
                echo = system.createActor("echo.Echo", sourceHash=source)
                print(system.ask(echo, "hello", timeout=10))
            except InvalidActorSourceHash:
                print("rejected")
    finally:
        system.shutdown()


ECHO = """
from thespian.actors import ActorTypeDispatcher

class Echo(ActorTypeDispatcher):
    def receiveMsg_str(self, message, sender):
        self.send(sender, f"a loaded actor says {message}")
"""

if __name__ == "__main__":
    main()
