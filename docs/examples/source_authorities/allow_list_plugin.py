"""The plugin module: offers a source authority."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import SourceAuthoritySpec, hookimpl


@hookimpl
def thespian_source_authorities() -> Iterable[SourceAuthoritySpec]:
    """Offer the list."""
    yield SourceAuthoritySpec(name="allow-list", opens="allow_list:validate")
