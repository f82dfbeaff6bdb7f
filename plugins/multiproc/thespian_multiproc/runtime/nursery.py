"""Where the processes of actors begin: forked from the launcher, or as a fresh interpreter."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import attrs

from thespian_multiproc.runtime.kit import ActorKit
from thespian_multiproc.runtime.orders import StartActor
from thespian_multiproc.runtime.page import Page
from thespian_multiproc.runtime.plan import EnginePlan
from thespian_multiproc.runtime.processes import (
    all_but,
    close_ranges,
    die_with_parent,
    drop_inherited_exit_functions,
    find,
    own_group,
    put_in_own_group,
    run_and_end,
    take_signals,
    unlinked_file,
)
from thespian_multiproc.runtime.titles import take_title


@attrs.frozen
class SpawnArgument:
    """What a fresh interpreter makes an :class:`ActorKit` of; sockets and page are descriptors.

    Attributes:
        order: who is to live there.
        descriptors: of its mailbox.
        plan: its system.
        capabilities: of the system: a pickled dict.
        call: the kit's.
        log: the kit's.
        page: a file of the page's size.
        launcher_pid: its parent's.
        life: for systems without a parent-death signal.
        by_signal: whether that signal is used where there is one.
        run_actor: ``module:function`` that takes the kit.
    """

    order: StartActor
    descriptors: tuple[int, ...]
    plan: EnginePlan
    capabilities: bytes = attrs.field(repr=False)
    call: int
    log: int
    page: int
    launcher_pid: int
    life: int
    by_signal: bool
    run_actor: str


class Nursery:
    """Starts processes that end with the launcher, the process that this is made in.

    Args:
        plan: the system's.
        call: the kits'.
        log: the kits'.
        run_actor: ``module:function`` that takes a kit.
        by_signal: whether to use the parent-death signal where there is one.
    """

    def __init__(
        self,
        plan: EnginePlan,
        call: socket.socket,
        log: socket.socket,
        run_actor: str,
        by_signal: bool,
    ) -> None:
        self._plan = plan
        self._call = call
        self._log = log
        self._opens = run_actor
        self._run_actor: Callable[[ActorKit], object] = find(run_actor)
        self._by_signal = by_signal
        self._pid = os.getpid()
        # Nothing is ever written to it: that the launcher's end is closed says all.
        self._life, self._launchers_end = os.pipe()

    def start(self, order: StartActor, descriptors: tuple[int, ...], capabilities: bytes) -> tuple[int, Page]:
        """Start an actor's process; return its number and its page.

        Raises:
            OSError: no process could be made; nothing is left behind.
        """
        if order.source_hash is not None:
            find("thespian_core.sources.importing:mount")  # so that every such actor finds it loaded
        if self._plan.start_method == "spawn":
            return self._spawn(order, descriptors, capabilities)
        page = Page.anonymous()
        kit = ActorKit(order, descriptors, self._plan, capabilities, self._call, self._log, page)
        try:
            pid = self.fork(
                self._run_actor,
                kit,
                (*descriptors, self._call.fileno(), self._log.fileno()),
                f"actor {order.actor_class}",
            )
        except OSError:
            page.close()
            raise
        page.keep_from_children()
        return pid, page

    def fork(
        self, function: Callable[[Any], object], argument: object, kept: Sequence[int], whose: str
    ) -> int:
        """Run a function in a forked process; return its number.

        Args:
            function: what is run.
            argument: its only argument.
            kept: the only descriptors that it has, beside the standard streams.
            whose: for lists of processes, and for the internal log.

        Raises:
            OSError: no process could be made.
        """
        to_close = all_but((*kept, self._life))
        pid = os.fork()
        if pid == 0:
            self._be_forked(function, argument, to_close, whose)
        put_in_own_group(pid)
        return pid

    def _be_forked(
        self,
        function: Callable[[Any], object],
        argument: object,
        to_close: Sequence[tuple[int, int]],
        whose: str,
    ) -> NoReturn:
        # This never returns, so all of the launcher's objects stay. That must be so: freeing a socket would
        # close a descriptor, and freeing another actor's page unmap memory, either of which may be this
        # process's own by then.
        # No step is taken that can be done without: each first touch of memory copies a page of it.
        def run(argument: object) -> None:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            take_signals()
            own_group()
            drop_inherited_exit_functions()
            close_ranges(to_close)
            die_with_parent(self._pid, self._life, self._by_signal)
            take_title(whose, self._plan.admin_place)
            function(argument)

        run_and_end(run, argument, f"the {whose}")

    def _spawn(
        self, order: StartActor, descriptors: tuple[int, ...], capabilities: bytes
    ) -> tuple[int, Page]:
        file = unlinked_file()
        try:
            page = Page.over(file)
            argument = SpawnArgument(
                order,
                descriptors,
                self._plan,
                capabilities,
                self._call.fileno(),
                self._log.fileno(),
                file,
                self._pid,
                self._life,
                self._by_signal,
                self._opens,
            )
            inherited = (*descriptors, argument.call, argument.log, argument.page, argument.life)
            from thespian_multiproc.runtime.fresh import start_fresh  # and with it subprocess

            try:
                child = start_fresh(
                    f"{__name__}:run_spawned", argument, inherited, out=1, err=2, new_session=True
                )
            except OSError:
                page.close()
                raise
        finally:
            os.close(file)
        child.returncode = 0  # the launcher waits for its children by itself
        return child.pid, page


def run_spawned(argument: SpawnArgument) -> None:
    """Be an actor's process, in a fresh interpreter."""
    take_signals()
    die_with_parent(argument.launcher_pid, argument.life, argument.by_signal)
    page = Page.over(argument.page)
    os.close(argument.page)
    for descriptor in (*argument.descriptors, argument.call, argument.log):
        os.set_inheritable(descriptor, False)
    call, log = socket.socket(fileno=argument.call), socket.socket(fileno=argument.log)
    kit = ActorKit(
        argument.order, argument.descriptors, argument.plan, argument.capabilities, call, log, page
    )
    take_title(f"actor {argument.order.actor_class}", argument.plan.admin_place)
    find(argument.run_actor)(kit)
