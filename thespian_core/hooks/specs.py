"""The hooks that a plugin can implement, each with a whole example.

A plugin is a module that an entry point of the group ``thespian`` names and gives its name::

    [project.entry-points.thespian]
    carrier = "my_carrier.plugin"

The module holds hook functions and records only; the code is in other modules, which ``opens`` names.
A hook function may leave out arguments. There are no hook wrappers: each plugin is called alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from thespian_core.hooks.records import (
        CodecSpec,
        CommandSpec,
        DirectorCommandSpec,
        LogFilterSpec,
        SourceAuthoritySpec,
        SystemBaseSpec,
        TransportSpec,
    )

PROJECT = "thespian"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def thespian_system_bases() -> Iterable[SystemBaseSpec]:  # type: ignore[empty-body]
    """Offer system bases: ways to run actors that ``ActorSystem("NAME")`` can ask for.

    Example:
        A plugin module::

            from thespian_core import SystemBaseSpec, hookimpl

            @hookimpl
            def thespian_system_bases():
                yield SystemBaseSpec(name="pigeonBase", opens="my_pigeons:Base", transport="pigeon")

    Returns:
        One record for each base. Names must be unique among installed plugins.

    Called in:
        Every process that looks up a plugin (program, running system, command line), once, at the first.

    If it raises:
        The plugin counts as broken: nothing that it provides is offered, a warning is logged once, and
        an error about a missing system base names it.
    """


@hookspec
def thespian_transports() -> Iterable[TransportSpec]:  # type: ignore[empty-body]
    """Offer transports: ways to carry frames between processes.

    Example:
        A plugin module::

            from thespian_core import TransportSpec, hookimpl

            @hookimpl
            def thespian_transports():
                yield TransportSpec(scheme="pigeon", opens="my_pigeons.transport:PigeonTransport")

    Returns:
        One record for each transport. Schemes must be unique among installed plugins.

    Called in:
        Every process that looks up a plugin (program, running system, command line), once, at the first.

    If it raises:
        The plugin counts as broken: nothing that it provides is offered, a warning is logged once, and
        an error about a missing transport names it.
    """


@hookspec
def thespian_codecs() -> Iterable[CodecSpec]:  # type: ignore[empty-body]
    """Offer codecs: ways to turn messages into bytes and back.

    Example:
        A plugin module::

            from thespian_core import CodecSpec, hookimpl

            @hookimpl
            def thespian_codecs():
                yield CodecSpec(name="json", tag=16, trust=False, opens="my_json.codec:JsonCodec")

    Returns:
        One record for each codec. Names and tags must be unique among installed plugins.

    Called in:
        Every process that looks up a plugin (program, running system, command line), once, at the first.

    If it raises:
        The plugin counts as broken: nothing that it provides is offered, a warning is logged once, and
        an error about a missing codec names it.
    """


@hookspec
def thespian_source_authorities() -> Iterable[SourceAuthoritySpec]:  # type: ignore[empty-body]
    """Offer source authorities: judges of the source code that may be loaded into a system.

    Example:
        A plugin module::

            from thespian_core import SourceAuthoritySpec, hookimpl

            @hookimpl
            def thespian_source_authorities():
                yield SourceAuthoritySpec(name="notary", opens="my_notary.authority:validate")

    Returns:
        One record for each authority. Names must be unique among installed plugins.

    Called in:
        Every process that looks up a plugin, once; what a record opens, in an actor, for each source.

    If it raises:
        The plugin counts as broken: nothing that it provides is offered, a warning is logged once, and
        an error about a missing source authority names it.
    """


@hookspec
def thespian_log_filters() -> Iterable[LogFilterSpec]:  # type: ignore[empty-body]
    """Offer log filters: what looks at each log record before it is written.

    Example:
        A plugin module::

            from thespian_core import LogFilterSpec, hookimpl

            @hookimpl
            def thespian_log_filters():
                yield LogFilterSpec(name="no-secrets", opens="my_censor.filters:NoSecrets", always=True)

    Returns:
        One record for each filter. Names must be unique among installed plugins.

    Called in:
        Every process that looks up a plugin (program, running system, command line), once, at the first.

    If it raises:
        The plugin counts as broken: nothing that it provides is offered (no filter that applies
        always either), a warning is logged once, and an error about a missing log filter names it.
    """


@hookspec
def thespian_commands() -> Iterable[CommandSpec]:  # type: ignore[empty-body]
    """Offer commands: each becomes ``thespian NAME``.

    Example:
        A plugin module::

            from thespian_core import CommandSpec, hookimpl

            @hookimpl
            def thespian_commands():
                yield CommandSpec(name="feed", opens="my_pigeons.cli:feed")

    Returns:
        One record for each command; it opens a ``click.Command``. Names must be unique among plugins.

    Called in:
        Every process that looks up a plugin (program, running system, command line), once, at the first.

    If it raises:
        The plugin counts as broken: nothing that it provides is offered, a warning is logged once,
        ``thespian --help`` lists it as broken, and an error about a missing command names it.
    """


@hookspec
def thespian_director_commands() -> Iterable[DirectorCommandSpec]:  # type: ignore[empty-body]
    """Offer director commands: each becomes ``thespian director NAME``.

    Example:
        A plugin module::

            from thespian_core import DirectorCommandSpec, hookimpl

            @hookimpl
            def thespian_director_commands():
                yield DirectorCommandSpec(name="audit", opens="my_audit.director:audit")

    Returns:
        One record for each command. Names must be unique among installed plugins.

    Called in:
        Every process that looks up a plugin (program, running system, command line), once, at the first.

    If it raises:
        The plugin counts as broken: nothing that it provides is offered, a warning is logged once, and
        an error about a missing director command names it.
    """


@hookspec
def thespian_capabilities(base_name: str) -> Mapping[str, object]:  # type: ignore[empty-body]
    """Say what this machine can do, so that actors which need it are placed here.

    Example:
        A plugin module::

            import os

            from thespian_core import hookimpl

            @hookimpl
            def thespian_capabilities(base_name):
                return {"Has Render Node": os.path.exists("/dev/dri/renderD128")}

    Args:
        base_name: the system base that is about to start.

    Returns:
        Capabilities by name. What the user gives wins. Two plugins that give one name different
        values are a PluginConflict, unless the user gives that name too.

    Called in:
        The process that calls ``ActorSystem``, once for each system it starts, before it starts.

    If it raises:
        None of its capabilities are used and a warning is logged once; its records stay in use. A
        result that is no mapping, or has a key that is no text, counts as raising.
    """


@hookspec
def thespian_system_started(system: object) -> None:
    """Learn that an actor system has been started.

    Example:
        A plugin module::

            import logging

            from thespian_core import hookimpl

            @hookimpl
            def thespian_system_started(system):
                logging.getLogger("my_watch").info("started: %s", system)

    Args:
        system: the ``thespian.actors.ActorSystem`` that was started.

    Returns:
        Nothing; a result is ignored.

    Called in:
        The process and thread whose ``ActorSystem`` call started a system, before that call returns;
        not when a running system is found or joined.

    If it raises:
        The error is logged with its traceback and never raised; the other plugins are told, and
        the system goes on.
    """


@hookspec
def thespian_system_stopped(system: object) -> None:
    """Learn that an actor system has been shut down.

    Example:
        A plugin module::

            import logging

            from thespian_core import hookimpl

            @hookimpl
            def thespian_system_stopped(system):
                logging.getLogger("my_watch").info("stopped: %s", system)

    Args:
        system: the ``thespian.actors.ActorSystem`` that was shut down; it can no longer be used.

    Returns:
        Nothing; a result is ignored.

    Called in:
        The process and thread that call ``ActorSystem.shutdown()``, each time, once nothing of the
        system runs any more. Not when a system ends in another way.

    If it raises:
        The error is logged with its traceback and never raised; the other plugins are told, and
        the shutdown is complete.
    """
