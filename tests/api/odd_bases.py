"""A plugin whose system bases are no bases, or not whole, and whose transport is none."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import SystemBaseSpec, TransportSpec, hookimpl


@hookimpl
def thespian_system_bases() -> Iterable[SystemBaseSpec]:
    """Offer them."""
    yield SystemBaseSpec(name="noBase", opens="json:JSONEncoder")
    yield SystemBaseSpec(name="noClass", opens="json:dumps")
    yield SystemBaseSpec(name="unfinished", opens="thespian_core.systembase:SystemBase")
    yield SystemBaseSpec(name="otherScheme", opens="thespian_multiproc.base:MultiprocBase", transport="other")
    yield SystemBaseSpec(name="noTransport", opens="thespian_multiproc.base:MultiprocBase", transport="odd")


@hookimpl
def thespian_transports() -> Iterable[TransportSpec]:
    """Offer what is no transport."""
    yield TransportSpec(scheme="odd", opens="json:JSONEncoder")
    yield TransportSpec(scheme="other", opens="thespian_tcp.transport:TcpTransport")
