"""Looks at a base: what is at the place where it would start a system, and whether one can be started."""

from __future__ import annotations

import contextlib
import random
import time
from typing import Any

import attrs
import psutil

from thespian_core.errors import ActorSystemException, ActorSystemStartupFailure
from thespian_core.hooks.errors import PluginError, describe
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.systembase import Plan, SystemBase
from thespian_multiproc.runtime import whynot
from thespian_multiproc.runtime.keyfile import read_or_make_key
from thespian_multiproc.runtime.opening import is_taken, own_transport
from thespian_multiproc.transport.interface import AddressInUse, Transport
from thespian_operator.doctoring.facts import Base, Running, Trial
from thespian_operator.systems import JOIN_LIMIT_S, Place, blaming, place_on, told_end
from thespian_operator.visitor import SystemSilent, Visitor

TRIAL_PORTS = range(49_152, 65_536)  # those that nobody is given for good (RFC 6335)
TRIES = 20  # our choice: so many of them are hardly taken all
TRIAL_ENDS_WITHIN_S = 5.0  # our choice: a system without actors needs less than 0.1 s


def look_at_base(name: str, port: int | None, key_is_usable: bool, tries: bool) -> Base:
    """Return what a start on a base would meet.

    Args:
        name: the base's.
        port: the Admin Port; None for the base's own.
        key_is_usable: whether a running system can be asked.
        tries: whether a system is to be started for trial when nothing speaks against it.
    """
    try:
        spec = default_registry().find(SystemBaseSpec, name)
        base = _look(spec, port, key_is_usable)
        if tries and not base.failure and base.running is None:
            return _with_trial(spec, base)
        return base
    except PluginError as why:
        return Base(name, failure=str(why))


def _look(spec: SystemBaseSpec, port: int | None, key_is_usable: bool) -> Base:
    if spec.transport is None or not spec.outlives_starter:
        return Base(spec.name, spec.version)
    try:
        place = place_on(spec, spec.transport, port)
    except ValueError as why:
        return Base(spec.name, spec.version, failure=whynot.cannot_start(spec.name, why))
    base = Base(spec.name, spec.version, place.where)
    try:
        with blaming(place.transport.scheme):
            taken = is_taken(place.transport, place.where)
    except ActorSystemStartupFailure as why:
        return attrs.evolve(base, failure=str(why))
    if taken:
        return _visit(spec, place) if key_is_usable else attrs.evolve(base, cannot_be_asked=True)
    words = place.last_words
    return base if words is None else attrs.evolve(base, last_end=told_end(words))


def _visit(spec: SystemBaseSpec, place: Place) -> Base:
    """Ask who has the place."""
    running: Running | None = None
    failure = ""
    try:
        visitor = Visitor.open(spec.name, place.transport, place.where, read_or_make_key())
        try:
            until = time.monotonic() + JOIN_LIMIT_S
            joined = visitor.join(until)
            if joined is None:
                failure = whynot.cannot_be_joined(place.where, visitor.reasons)
            elif joined.base_name != spec.name:
                failure = whynot.another_base(place.where, joined.base_name, spec.name)
            else:
                running = _ask(visitor, until + JOIN_LIMIT_S)
        finally:
            visitor.close()
    except SystemSilent:
        failure = whynot.cannot_be_joined(place.where, ())
    except OSError as why:
        failure = whynot.lack("this program can open no mailbox", why)
    listener = _listener(place) if failure else ""
    return Base(spec.name, spec.version, place.where, failure, listener, running=running)


def _ask(visitor: Visitor, until: float) -> Running:
    found = visitor.system(until)
    python = dict(found.capabilities).get("Python Version", "")
    return Running(
        found.base_version, python, found.plugins, found.up_s, found.admin_pid, found.shutting_down
    )


def _listener(place: Place) -> str:
    """Say which process has a port, as far as this user may see that."""
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections(place.socket_kind):
            if place.is_held_by(connection) and connection.pid:
                process = psutil.Process(connection.pid)
                line = " ".join(process.cmdline())[:60] or process.name()
                return f"process {process.pid} of {process.username()}: {line}"
    return ""


def _with_trial(spec: SystemBaseSpec, base: Base) -> Base:
    own: dict[str, Any] = {}
    if spec.outlives_starter:
        try:
            free = None if spec.transport is None else _free_port(own_transport(spec.transport), base.place)
        except OSError as why:
            failure = whynot.lack("this program can open no mailbox", why)
            return attrs.evolve(base, trial=Trial(failure, 0.0))
        if free is None:  # a trial might meet somebody's system, and end it
            return base
        own = {"Admin Port": free}
    return attrs.evolve(base, trial=_try(spec, own))


def _try(spec: SystemBaseSpec, own: dict[str, Any]) -> Trial:
    began = time.monotonic()
    failure = ""
    try:
        registry = default_registry()
        plan = Plan(spec.name, spec.version, registry.capabilities(spec.name, own), False)
        system = registry.open_class(SystemBaseSpec, spec.name, SystemBase)(plan)
        if system.start():  # else it is somebody's, who was quicker
            system.stop(TRIAL_ENDS_WITHIN_S)
    except ActorSystemException as why:
        failure = str(why)
    except Exception as why:
        failure = f"{spec.name} cannot start: {describe(why)}"
    return Trial(failure, time.monotonic() - began)


def _free_port(transport: Transport, taken: str) -> int | None:
    """Return an Admin Port where nobody is; None when every port means the same place, or none is free.

    Raises:
        OSError: no place can be had at all.
    """
    with contextlib.closing(transport.open()) as endpoint:
        for port in random.sample(TRIAL_PORTS, TRIES):
            place = transport.resolve({"Admin Port": port})
            with contextlib.suppress(AddressInUse):
                if place != taken:
                    endpoint.invite(at=place).release()
                    return port
    return None
