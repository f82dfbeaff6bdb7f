"""Gathers all facts; whatever is wrong with one of them, the others are still told."""

from __future__ import annotations

import contextlib
import sys
from importlib import metadata

from thespian_core.hooks.errors import PluginError
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry
from thespian_operator.doctoring.checks import check_installation
from thespian_operator.doctoring.facts import Facts, Plugins
from thespian_operator.doctoring.installing import look_at_installation
from thespian_operator.doctoring.machine import (
    look_at_clock,
    look_at_folders,
    look_at_host,
    look_at_key,
    look_at_limits,
)
from thespian_operator.doctoring.places import look_at_base


def gather(base_name: str | None, port: int | None) -> Facts:
    """Return what is known of this machine and of one base, or all that are installed.

    The user's key is made if there is none, and where nothing speaks against it a system is started on a
    free port and ended at once.

    Args:
        base_name: of one base; None for all.
        port: the Admin Port; None for each base's own.
    """
    installation = look_at_installation()
    names = default_registry().names(SystemBaseSpec) if base_name is None else (base_name,)
    key = look_at_key() if any(map(_needs_key, names)) else None
    is_whole = all(finding.level != "error" for finding in check_installation(installation))
    can_run = is_whole and (key is None or not key.failure)
    limits, folders = look_at_limits(), look_at_folders()
    bases = tuple(look_at_base(name, port, can_run, can_run) for name in names)
    return Facts(
        python=str(tuple(sys.version_info)),
        release=_release(),
        installation=installation,
        plugins=_plugins(),
        key=key,
        limits=limits,
        folders=folders,
        clock=look_at_clock("" if key is None else key.file),
        bases=bases,
        # Last: who asks for a name may leave a thread behind, which a trial might lack.
        host=look_at_host(),
    )


def _needs_key(base_name: str) -> bool:
    with contextlib.suppress(PluginError):  # which the look at the base tells
        return default_registry().find(SystemBaseSpec, base_name).transport is not None
    return False


def _release() -> str:
    try:
        return metadata.version("thespian-core")
    except metadata.PackageNotFoundError:
        return "unknown"


def _plugins() -> Plugins:
    registry = default_registry()
    reports = registry.plugins()
    return Plugins(
        used=tuple((one.name, one.distribution, one.version) for one in reports if one.state == "ok"),
        broken=tuple((one.name, one.why) for one in reports if one.state == "broken"),
        blocked=tuple(one.name for one in reports if one.state == "blocked"),
        conflicts=tuple(str(conflict) for conflict in registry.conflicts()),
    )
