"""What is asked of an admin about loaded sources, and its answers."""

from __future__ import annotations

from thespian_core.semantics.requests import Answer, Request


class SourceRequest(Request):
    """The base of what is asked about loaded sources."""

    __slots__ = ()


class LoadSource(SourceRequest):
    """Have the source authority decide about a source, so that actors can be created from it.

    Args:
        request_id: comes back in :class:`SourceTaken`, which is no verdict; 0 for no answer.
        source_hash: of ``data``.
        data: as it was given.
        info: where it came from.
    """

    __slots__ = __match_args__ = ("request_id", "source_hash", "data", "info")

    def __init__(self, request_id: int, source_hash: str, data: bytes, info: str) -> None:
        self.request_id = request_id
        self.source_hash = source_hash
        self.data = data
        self.info = info

    def __repr__(self) -> str:
        return f"LoadSource({self.request_id}, {self.source_hash!r}, {len(self.data)} bytes, {self.info!r})"


class UnloadSource(SourceRequest):
    """Create no more actors from a source."""

    __slots__ = __match_args__ = ("source_hash",)

    def __init__(self, source_hash: str) -> None:
        self.source_hash = source_hash


class RegisterSourceAuthority(SourceRequest):
    """Make the sender the one who decides about sources."""

    __slots__ = ()


class NotifyOfSources(SourceRequest):
    """Tell the sender of sources that are loaded and unloaded, or stop that."""

    __slots__ = __match_args__ = ("start",)

    def __init__(self, start: bool) -> None:
        self.start = start


class AskSource(SourceRequest):
    """Give the sender a source, as soon as it is no longer pending; the answer is :class:`SourceAnswer`.

    Args:
        request_id: comes back in the answer.
        source_hash: of the source.
    """

    __slots__ = __match_args__ = ("request_id", "source_hash")

    def __init__(self, request_id: int, source_hash: str) -> None:
        self.request_id = request_id
        self.source_hash = source_hash


class SourceTaken(Answer):
    """A source has reached the admin: whoever learns its hash now can wait for the verdict."""

    __slots__ = ()


class SourceAnswer(Answer):
    """A source that was asked for.

    Args:
        request_id: of the request.
        source_hash: which.
        data: its validated zip file; None when it is not loaded.
    """

    __slots__ = ("data", "source_hash")
    __match_args__ = ("request_id", "source_hash", "data")

    def __init__(self, request_id: int, source_hash: str, data: bytes | None) -> None:
        super().__init__(request_id)
        self.source_hash = source_hash
        self.data = data

    def __repr__(self) -> str:
        size = "not loaded" if self.data is None else f"{len(self.data)} bytes"
        return f"SourceAnswer({self.request_id}, {self.source_hash!r}, {size})"
