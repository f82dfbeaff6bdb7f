"""Codecs, source authorities, log filters and director commands: one honest, and one for each lie."""

from __future__ import annotations

import io
import json
import logging
import pickle
import zipfile
from typing import Any

import click


class Json:
    """An honest codec."""

    def encode(self, message: Any) -> bytes:
        """Encode."""
        return json.dumps(message).encode()

    def decode(self, data: bytes) -> Any:
        """Decode."""
        return json.loads(data)


class Shortened(Json):
    """Cuts texts."""

    def decode(self, data: bytes) -> Any:
        """Decode, but not all."""
        message = super().decode(data)
        return message[:3] if isinstance(message, str) and message.startswith("text") else message


class Remembering(Json):
    """Gives the same object out again."""

    def __init__(self) -> None:
        self.known: dict[bytes, Any] = {}

    def decode(self, data: bytes) -> Any:
        """Decode, or remember."""
        return self.known.setdefault(data, super().decode(data))


class Lazy(Json):
    """Encodes when it decodes."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    def encode(self, message: Any) -> bytes:
        """Put it off."""
        super().encode(message)
        self.kept.append(message)
        return json.dumps(len(self.kept) - 1).encode()

    def decode(self, data: bytes) -> Any:
        """Do it now."""
        return json.loads(json.dumps(self.kept[json.loads(data)]))


class Gullible(Json):
    """Takes rubbish for a message."""

    def decode(self, data: bytes) -> Any:
        """Decode what can be decoded."""
        try:
            return super().decode(data)
        except ValueError:
            return None


class Careless(Json):
    """Encodes anything as something."""

    def encode(self, message: Any) -> bytes:
        """Encode."""
        return json.dumps(message, default=str).encode()


class Pickling:
    """Runs code, and says it does not."""

    def encode(self, message: Any) -> bytes:
        """Encode."""
        return pickle.dumps(message)

    def decode(self, data: bytes) -> Any:
        """Decode."""
        return pickle.loads(data)


def good_zip() -> bytes:
    """Return a small zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.py", "A = 1\n")
    return file.getvalue()


def only_zips(source_hash: str, data: bytes, info: Any) -> bytes | None:
    """An honest authority."""
    return data if zipfile.is_zipfile(io.BytesIO(data)) and len(data) > 22 else None


def everything(source_hash: str, data: bytes, info: Any) -> bytes | None:
    """Accept rubbish."""
    return data


def raising(source_hash: str, data: bytes, info: Any) -> bytes | None:
    """Raise on rubbish."""
    zipfile.ZipFile(io.BytesIO(data)).testzip()
    return data


def repacking_wrongly(source_hash: str, data: bytes, info: Any) -> bytes | None:
    """Accept, but return no zip file."""
    return b"not a zip" if only_zips(source_hash, data, info) else None


def particular(source_hash: str, data: bytes, info: Any) -> bytes | None:
    """Cannot stand unknown origins."""
    return only_zips(source_hash, data, info) if isinstance(info, str) else None


class Passing(logging.Filter):
    """An honest filter."""


class Formatting(logging.Filter):
    """Formats records, which some cannot bear."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Format."""
        return bool(record.getMessage() + "!")


class Needing(logging.Filter):
    """Needs an attribute that not all records have."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Look."""
        return bool(record.__dict__["actorAddress"])


class Alternating(logging.Filter):
    """Drops every second record."""

    passing = False

    def filter(self, record: logging.LogRecord) -> bool:
        """Alternate."""
        self.passing = not self.passing
        return self.passing


class Rewriting(logging.Filter):
    """Rewrites messages."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite."""
        record.msg, record.args = "something else", ()
        return True


@click.command("Helpful")
def helpful() -> None:
    """Do nothing, honestly."""


@click.command("another-name")
def misnamed() -> None:
    """Do nothing, under another name."""


@click.command("Speechless")
def speechless() -> None:
    pass


@click.command("Rambling")
def rambling() -> None:
    """Do nothing, but say so in so many words that no list of commands has room for them, ever, anywhere."""


@click.command("Lenient", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def lenient() -> None:
    """Take any option."""
