"""How an admin's process comes to be."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import time
from collections.abc import Callable
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.errors import ActorSystemStartupFailure
from thespian_core.hooks import selection
from thespian_multiproc.protocol.farewell import ORPHANED_POLITE_S
from thespian_multiproc.runtime.adminargument import AdminArgument
from thespian_multiproc.runtime.adminprocess import AdminProcess
from thespian_multiproc.runtime.closedpickle import loads_closed
from thespian_multiproc.runtime.exchange import Exchange
from thespian_multiproc.runtime.launching import Launching
from thespian_multiproc.runtime.living import tell_when_gone
from thespian_multiproc.runtime.logforwarding import forward_logging
from thespian_multiproc.runtime.opaque import keep_closed
from thespian_multiproc.runtime.opening import host_of, open_exchange, open_transport
from thespian_multiproc.runtime.orders import NoLogProcess, Ready
from thespian_multiproc.runtime.processes import find, signal_at_parents_death, take_signals
from thespian_multiproc.runtime.whynot import told
from thespian_multiproc.transport.interface import Invitation

ANSWER_S = 10.0  # a launcher that is not ready by then never will be


def run_admin(argument: AdminArgument) -> None:
    """Be the admin's process; return when the system has ended."""
    plan = argument.plan
    keep_closed()
    take_signals()  # a starter may have held some back, and whatever it starts inherits that
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    launching: Launching | None = None
    with os.fdopen(argument.ready, "w") as ready:
        try:
            # Before the launcher is forked, so that it has them, too: the transport, and the module that
            # addresses are public in, which is imported when the first one is unpickled.
            transport_class = find(plan.transport)
            pickle.loads(pickle.dumps(ActorAddress(None)))
            launching = Launching.start(plan, argument)
            forward_logging(launching.log, plan.log_level, None)
            selection.inherit(plan.selection)
            host = host_of(plan.admin_place)
            transport = open_transport(transport_class, host, plan.max_message_bytes)
            words: list[Callable[[ActorAddress, Any], None]] = []
            exchange = open_exchange(
                transport,
                Invitation(plan.admin_place, argument.mailbox),
                plan.admin_id,
                plan.key,
                lambda sender, message: words[0](sender, message),
                loads_closed,
                is_admin=True,
            )
            launching.watch(exchange.wake)
            process = AdminProcess(plan, exchange, launching)
            words.append(process.hear)
            _wait_until_ready(launching, exchange)
            if plan.starter_pid is not None:
                # An admin that was stopped runs again when its starter dies, and then sees that.
                signal_at_parents_death(signal.SIGCONT)
                tell_when_gone(plan.starter_pid, lambda: process.shut_down_soon(ORPHANED_POLITE_S))
        except Exception as why:
            if launching is not None:  # at once: it would write down how a system has ended that never ran
                launching.kill(())
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(launching.pid, 0)
            ready.write(f"error {told(why)}")
            raise
        ready.write("ready")
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, lambda *_: process.shut_down_soon())
    process.run()


def _wait_until_ready(launching: Launching, exchange: Exchange) -> Ready:
    """Return what the launcher says when it and the log process run.

    Raises:
        ActorSystemStartupFailure: it ended, cannot go on, or said nothing in time.
    """
    until = time.monotonic() + ANSWER_S
    while time.monotonic() < until:
        for news in launching.news():
            if isinstance(news, Ready):
                return news
            if isinstance(news, NoLogProcess):
                raise ActorSystemStartupFailure(news.why)
        if launching.is_gone:
            raise ActorSystemStartupFailure(
                "the launcher ended as soon as it was started; the internal log says why"
            )
        exchange.attend(max(0.0, until - time.monotonic()))
    raise ActorSystemStartupFailure(f"the launcher was not ready after {ANSWER_S:.0f} s")
