"""MultiprocBase: a system base with a process for each actor, over any transport."""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import signal
import threading
import time
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from thespian_core.addresses import ActorAddress, Mailbox
from thespian_core.errors import ActorSystemFailure, ActorSystemStartupFailure
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.semantics.requests import ShutDown
from thespian_core.systembase import Envelope, Plan, SystemBase
from thespian_multiproc.runtime import whynot
from thespian_multiproc.runtime.leaving import abandon_all, look_after
from thespian_multiproc.runtime.living import ProcessWatch
from thespian_multiproc.runtime.opaque import keep_foreign
from thespian_multiproc.runtime.opening import (
    is_loopback,
    is_taken,
    new_prefix,
    open_exchange,
    own_transport,
    reserve,
)
from thespian_multiproc.runtime.starting import end_admin, has_ended, reap, start_admin, take_standard_numbers
from thespian_multiproc.transport.interface import AddressInUse, Transport

if TYPE_CHECKING:
    from thespian_multiproc.runtime.inquiries import Joined
    from thespian_multiproc.runtime.logstreams import LogStreams
    from thespian_multiproc.runtime.plan import EnginePlan
    from thespian_multiproc.runtime.port import EnginePort

JOIN_LIMIT_S = 2.0  # a running system answers in a few milliseconds
LOOK_AGAIN_S = 0.25  # how often it is looked meanwhile whether its place has become free
ENDING_LIMIT_S = 11.0  # how long a start waits for the system before it to be gone: longer than a shutdown
STRAGGLER_S = 2.0  # for the processes of a system whose admin was killed

_bases: weakref.WeakSet[MultiprocBase] = weakref.WeakSet()


class MultiprocBase(SystemBase):
    """Starts, or joins, a system of many processes, and connects this program to it.

    The scheme of the transport comes from the base's own record, so a base over another transport needs
    a record and no code.

    Args:
        plan: what the system is started with.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        scheme = default_registry().find(SystemBaseSpec, plan.base_name).transport
        if scheme is None:
            raise ActorSystemStartupFailure(f"the record of {plan.base_name} names no transport")
        self._scheme: str = scheme
        self._transport: Transport | None = None
        self._key = b""
        self._place = ""
        self._joined: Joined | None = None
        self._admin: ProcessWatch | None = None
        self._first_port: EnginePort | None = None
        self._ports: weakref.WeakSet[EnginePort] = weakref.WeakSet()
        self._adding = threading.RLock()  # a set that grows cannot be gone through
        self._stopped = False

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What the system offered when this program joined it."""
        return self._capabilities

    @property
    def is_running(self) -> bool:
        """Whether its admin's process still exists."""
        return not self._stopped and self._admin is not None and not self._admin.is_gone()

    def would_join(self) -> bool:
        """Whether somebody listens at the admin's place; see the interface."""
        if not default_registry().find(SystemBaseSpec, self.plan.base_name).outlives_starter:
            return False
        return is_taken(self._resolve(), self._place)

    def start(self) -> bool:
        """Join the system at the admin's place, or start one there; see the interface."""
        take_standard_numbers()
        self._resolve()
        if not is_loopback(self._place):
            self._own_key()  # without one that was given, not even the place is looked at
        until, began = time.monotonic() + ENDING_LIMIT_S, time.time()
        while True:
            answer_by = time.monotonic() + JOIN_LIMIT_S - LOOK_AGAIN_S
            started_pid = self._start_there()
            port: EnginePort | None = None
            try:
                port = self._open_port()
                while port.join(LOOK_AGAIN_S) is None and not port.complaints:
                    if started_pid is not None and has_ended(started_pid):
                        raise ActorSystemStartupFailure(self._ended_at_once(began))
                    if time.monotonic() > answer_by + (0 if started_pid is None else JOIN_LIMIT_S * 4):
                        break
                    if started_pid is None:  # whoever had the place may just have been killed
                        started_pid = self._start_there()
                joined = self._joined_by(port)
            except BaseException as why:
                if started_pid is not None:  # nothing is left of a start that failed
                    end_admin(started_pid)
                if port is not None:
                    port.close()  # after the admin: what only that has needed ends, and is waited for, here
                if isinstance(why, OSError) or whynot.cure_of(why):
                    text = whynot.lack("this program can open no mailbox", why)
                    raise ActorSystemStartupFailure(text) from None
                raise
            if not joined.shutting_down:
                break
            port.close()  # the system before this one is about to end: its place will be free
            left_s = until - time.monotonic()
            with contextlib.closing(ProcessWatch(joined.admin_pid)) as ending:
                is_over = ending.wait(max(0.0, left_s))
            if not is_over:
                raise ActorSystemStartupFailure(
                    whynot.still_ending(self._place, joined.admin_pid, ENDING_LIMIT_S)
                )
        from thespian_multiproc.runtime.mainscript import answer_to_spawn_name

        answer_to_spawn_name()
        self._first_port, self._joined = port, joined
        self._admin = ProcessWatch(joined.admin_pid)
        keep_foreign()
        self._capabilities: Mapping[str, Any] = pickle.loads(joined.capabilities)
        _bases.add(self)
        return started_pid is not None

    def connect(self) -> EnginePort:
        """Open a mailbox for this program, or for one thread of it.

        Raises:
            ActorSystemFailure: the system is gone, or this process can open nothing more.
        """
        port, self._first_port = self._first_port, None
        if port is None:
            try:
                port = self._open_port()
            except OSError as why:
                raise ActorSystemFailure(whynot.lack("this program can open no mailbox", why)) from None
            until = time.monotonic() + JOIN_LIMIT_S * 5
            while port.join(LOOK_AGAIN_S) is None:
                has_ended = self._admin is None or self._admin.is_gone()
                if port.complaints or has_ended or time.monotonic() > until:
                    port.close()
                    reason = "it has ended" if has_ended else "it does not answer"
                    raise ActorSystemFailure(
                        f"the system at {self._place} does not let this program in: "
                        f"{'; '.join(port.reasons) or reason}"
                    )
        return port

    def stop(self, timeout_s: float) -> None:
        """End the system; see the interface."""
        self._stopped = True
        admin = self._admin
        assert admin is not None
        until = time.monotonic() + timeout_s
        try:
            if not admin.is_gone():
                self._ask_to_end(admin, until)
            if not admin.is_gone():
                logging.getLogger("thespian").warning(
                    "the admin of %s did not end in time, and is killed", self._place
                )
                with contextlib.suppress(ProcessLookupError):
                    os.kill(admin.pid, signal.SIGKILL)
                admin.wait(STRAGGLER_S)
        finally:
            is_gone = admin.is_gone()
            for port in self._all_ports():
                port.has_ended = port.has_ended or is_gone
                port.close()
            reap(admin.pid)
            if is_gone:  # else the watch is what tells a second attempt whose number that is
                admin.close()

    def abandon(self) -> None:
        """In a fork of the process that opened them: let go of the ports."""
        self._ports, self._adding = weakref.WeakSet(), threading.RLock()

    # Inside

    def _resolve(self) -> Transport:
        try:
            self._transport = own_transport(self._scheme)
            self._place = self._transport.resolve(self.plan.capabilities)
            return self._transport
        except ValueError as why:
            raise ActorSystemStartupFailure(whynot.cannot_start(self.plan.base_name, why)) from None

    def _start_there(self) -> int | None:
        """Start an admin, and return its pid; None when somebody has its place."""
        assert self._transport is not None
        try:
            invitation = reserve(self._transport, self._place)
        except AddressInUse:
            return None
        try:
            return start_admin(self._make_plan, invitation, _import_the_rest, self.plan.log_defs)
        finally:
            invitation.release()

    def _ended_at_once(self, began: float) -> str:
        from thespian_multiproc.runtime.keyfile import state_folder
        from thespian_multiproc.runtime.lastwords import ended_at_once

        return ended_at_once(state_folder(), self.plan.base_name, self._place, began)

    def _make_plan(self, log_streams: LogStreams | None) -> EnginePlan:
        from thespian_multiproc.runtime.planning import engine_plan

        return engine_plan(self.plan, self._scheme, self._own_key(), self._place, log_streams)

    def _own_key(self) -> bytes:
        from thespian_multiproc.runtime.planning import given_key

        if not self._key:
            self._key = given_key(is_loopback(self._place))
        return self._key

    def _open_port(self) -> EnginePort:
        from thespian_multiproc.runtime.port import EnginePort

        transport, key = self._transport, self._own_key()
        assert transport is not None
        port = EnginePort(
            lambda hears: open_exchange(transport, None, f"{new_prefix()}p", key, hears),
            ActorAddress(Mailbox(self._scheme, self._place)),
        )
        with self._adding:
            self._ports.add(port)
        look_after(port)
        return port

    def _joined_by(self, port: EnginePort) -> Joined:
        joined = port.joined
        if joined is None:
            raise ActorSystemStartupFailure(whynot.cannot_be_joined(self._place, port.reasons))
        if joined.base_name != self.plan.base_name:
            raise ActorSystemStartupFailure(
                whynot.another_base(self._place, joined.base_name, self.plan.base_name)
            )
        return joined

    def _ask_to_end(self, admin: ProcessWatch, until: float) -> None:
        killed: tuple[str, ...] = ()
        admin.go_on()
        with contextlib.suppress(ActorSystemFailure):  # it is gone, or as good as that
            while (port := self._speaker()) is not None and (left_s := until - time.monotonic()) > 0:
                with contextlib.suppress(ActorSystemFailure):  # another thread has closed it since: ask again
                    port.send(Envelope(port.admin, ShutDown(), port.address), max(0.1, left_s))
                    port.wait_for_end(until)
                killed = port.killed
        admin.wait(max(0.0, until - time.monotonic()))
        for line in killed:
            logging.getLogger("thespian").warning("killed at shutdown: %s", line)

    def _speaker(self) -> EnginePort | None:
        """Return a port from which the end can be asked for; None when it has come."""
        ports = self._all_ports()
        if any(port.has_ended for port in ports):
            return None
        # A new one when the program has closed all that it had, or a signal handler has interrupted a call.
        return next((port for port in ports if port.is_open), None) or self.connect()

    def _all_ports(self) -> list[EnginePort]:
        with self._adding:
            return list(self._ports)


def _import_the_rest() -> None:
    """Import what this process needs to join a system: while a new one gets ready, not before or after."""
    import thespian_multiproc.runtime.port  # noqa: F401


def _after_fork() -> None:
    abandon_all()
    for base in list(_bases):
        base.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
