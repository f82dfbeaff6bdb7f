"""The code that the contract tests load: small programs in zip files, made in memory."""

from __future__ import annotations

import io
import zipfile

ACTORS = '''
"""Actors of a loaded source."""

import importlib

import app
from thespian.actors import Actor, ActorTypeDispatcher, ChildActorExited, PoisonMessage
from app.parts import Thing

from . import late


class Teller(ActorTypeDispatcher):
    """Does what a text says, and tells what comes back."""

    def receiveMsg_tuple(self, message, sender):
        what, *rest = message
        if what == "got":
            self.send(self.report_to, message)
        else:
            getattr(self, "do_" + what)(sender, *rest)

    def do_hello(self, sender):
        self.send(sender, "hello")

    def do_version(self, sender):
        self.send(sender, (app.VERSION, late.both(), importlib.import_module("app.parts").WHO))

    def do_data(self, sender):
        import importlib.resources
        self.send(sender, importlib.resources.files("app").joinpath("data.txt").read_text())

    def do_create(self, sender, what, source_hash=None):
        self.report_to = sender
        self.send(sender, self.createActor(what, sourceHash=source_hash))

    def do_create_class(self, sender):
        self.send(sender, self.createActor(Teller))

    def do_thing(self, sender, to):
        self.report_to = sender
        self.send(to, Thing("made by " + str(app.VERSION)))

    def do_fail(self, sender):
        raise ValueError("as was asked")  # this very line

    def receiveMsg_Thing(self, message, sender):
        self.send(sender, ("got", message.what, isinstance(message, Thing)))

    def receiveMsg_PoisonMessage(self, message, sender):
        self.send(self.report_to, ("poison", message.details))

    def receiveMsg_ChildActorExited(self, message, sender):
        self.send(self.report_to, "child exited")


class Echo(ActorTypeDispatcher):
    """Answers a thing with what it holds."""

    def receiveMsg_Thing(self, message, sender):
        self.send(sender, ("got", message.what, isinstance(message, Thing)))
'''


def program(version: int, **changed: str) -> bytes:
    """Return a source whose package ``app`` says that it is of this version.

    Args:
        version: it says.
        changed: other texts for its files, by name without ``app/`` and ``.py``.
    """
    files = {
        "__init__": f"VERSION = {version}\n",
        "actors": ACTORS,
        "parts": "WHO = 'parts'\nclass Thing:\n    def __init__(self, what):\n        self.what = what\n",
        "late": "import app.parts, dependency\ndef both(): return (dependency.WHOSE, app.parts.WHO)\n",
        **changed,
    }
    return zipped(
        {
            **{f"app/{name}.py": text for name, text in files.items()},
            "dependency.py": f"WHOSE = 'of version {version}'\n",
            "app/data.txt": f"data of version {version}",
        }
    )


def zipped(files: dict[str, str]) -> bytes:
    """Return a zip file of these files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return data.getvalue()


def sealed(data: bytes) -> bytes:
    """Return what :class:`~thespian_core.testing.actors.Notary` unseals."""
    return b"sealed:" + data
