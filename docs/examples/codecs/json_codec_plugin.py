"""The plugin module: hook functions and records, nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import CodecSpec, hookimpl


@hookimpl
def thespian_codecs() -> Iterable[CodecSpec]:
    """Offer JSON. Decoding it runs no code, so it needs no trust."""
    yield CodecSpec(name="json", tag=16, trust=False, opens="json_codec:JsonCodec")
