"""What this package offers: a transport, and a system base, which is nothing but a record."""

from collections.abc import Iterable

from thespian_core import SystemBaseSpec, TransportSpec, hookimpl

ENGINE = "thespian_multiproc.base:MultiprocBase"
SUMMARY = "a process for every actor, over Unix sockets of one Linux machine"


@hookimpl
def thespian_transports() -> Iterable[TransportSpec]:
    """Offer the transport; its code is imported when somebody uses it."""
    yield TransportSpec(scheme="unix", opens="thespian_unix.transport:UnixTransport", summary="Unix sockets")


@hookimpl
def thespian_system_bases() -> Iterable[SystemBaseSpec]:
    """Offer the engine of all bases with a process for each actor, over that transport."""
    yield SystemBaseSpec(
        name="multiprocUnixBase", opens=ENGINE, transport="unix", outlives_starter=True, summary=SUMMARY
    )
