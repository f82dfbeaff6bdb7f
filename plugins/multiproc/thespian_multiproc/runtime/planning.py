"""What the starter of a system decides: key, and the plan that every process is given."""

from __future__ import annotations

import os
import pickle
import sys
import time
from collections.abc import Mapping
from typing import Any

from thespian_core.errors import ActorSystemStartupFailure
from thespian_core.hooks.records import SystemBaseSpec, TransportSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.semantics.capabilities import SOURCE_AUTHORITY, all_capabilities
from thespian_core.sources.checking import checked_authority
from thespian_core.systembase import Plan
from thespian_core.texts import shown
from thespian_multiproc.runtime.keyfile import read_or_make_key, state_folder
from thespian_multiproc.runtime.logdefinitions import pack_definitions
from thespian_multiproc.runtime.logstreams import LogStreams
from thespian_multiproc.runtime.opaque import Opaque, closed
from thespian_multiproc.runtime.opening import LARGEST_MESSAGE_BYTES, new_prefix
from thespian_multiproc.runtime.origin import current_origin
from thespian_multiproc.runtime.plan import (
    DEFAULT_MAX_MESSAGE_BYTES,
    DEFAULT_MAX_UNSENT_BYTES,
    DEFAULT_MOST_UNSENT_BYTES,
    EnginePlan,
    StartMethod,
)


def given_key(on_loopback: bool) -> bytes:
    """Return the system's key.

    Raises:
        ActorSystemStartupFailure: there is none, or others might know it.
    """
    if not on_loopback and not os.environ.get("THESPIAN_KEY_FILE"):
        raise ActorSystemStartupFailure(
            "a system that other machines can reach needs a key that was given to it\n"
            "  put 32 random bytes into a file that only you can read, and name it in THESPIAN_KEY_FILE"
        )
    return read_or_make_key()


def engine_plan(
    plan: Plan, scheme: str, key: bytes, place: str, log_streams: LogStreams | None = None
) -> EnginePlan:
    """Return the plan of a new system.

    Raises:
        ActorSystemStartupFailure: a capability or the logDefs cannot be used.
        PluginError: there is no source authority as the capabilities name, or it cannot be loaded.
    """
    own = dict(plan.capabilities)
    checked_authority(own.get(SOURCE_AUTHORITY))
    own.setdefault("Admin Port", int(place.rpartition(":")[2])) if place.rpartition(":")[
        2
    ].isdigit() else None
    own.setdefault("Thespian Watch Supported", sys.platform != "win32")
    capabilities = {}
    everything = all_capabilities(
        plan.base_name, plan.base_version, int(time.time() * 1000), tuple(sys.version_info), own
    )
    for name, value in everything.items():
        try:
            capabilities[name] = found = closed(value)
            if isinstance(found, Opaque):
                pickle.loads(found.packed)  # what not even this process can read, no other can
        except Exception as why:
            raise ActorSystemStartupFailure(
                f"the capability {name!r} cannot be given to other processes: {why}"
            ) from why
    definitions, level = pack_definitions(plan.log_defs, log_streams)
    usual_message_bytes = default_registry().open(TransportSpec, scheme).usual_message_bytes
    base = default_registry().find(SystemBaseSpec, plan.base_name)
    return EnginePlan(
        base_name=plan.base_name,
        base_version=plan.base_version,
        scheme=scheme,
        transport=default_registry().find(TransportSpec, scheme).opens,
        selection=default_registry().selection(),
        key=key,
        admin_place=place,
        admin_id=new_prefix() + "a",
        capabilities=pickle.dumps(capabilities, pickle.HIGHEST_PROTOCOL),
        start_method=_start_method(own),
        preload=_preload(own),
        log_definitions=definitions,
        log_level=level,
        max_message_bytes=_bytes(own, "Max Message Bytes", usual_message_bytes or DEFAULT_MAX_MESSAGE_BYTES),
        max_unsent_bytes=_bytes(own, "Max Unsent Bytes", DEFAULT_MAX_UNSENT_BYTES),
        most_unsent_bytes=_bytes(own, "Most Unsent Bytes", DEFAULT_MOST_UNSENT_BYTES),
        origin=current_origin(),
        state_folder=state_folder(),
        starter_pid=None if base.outlives_starter else os.getpid(),
    )


def _start_method(capabilities: Mapping[str, Any]) -> StartMethod:
    asked = capabilities.get("Process Startup Method", "fork")
    if not isinstance(asked, str) or asked not in ("fork", "forkserver", "spawn"):
        raise ActorSystemStartupFailure(
            f"the capability 'Process Startup Method' is 'fork', 'forkserver' or 'spawn', not {shown(asked)}"
        )
    can_fork = hasattr(os, "fork")
    if asked == "spawn" or not can_fork:
        return "spawn"
    return "forkserver" if asked == "forkserver" else "fork"


def _preload(capabilities: Mapping[str, Any]) -> tuple[str, ...]:
    asked = capabilities.get("Preload Modules", ())
    names = (asked,) if isinstance(asked, str) else asked
    if not isinstance(names, (tuple, list)) or not all(isinstance(name, str) for name in names):
        raise ActorSystemStartupFailure(
            f"the capability 'Preload Modules' is a list of module names, not {asked!r}"
        )
    return tuple(names)


def _bytes(capabilities: Mapping[str, Any], name: str, default: int) -> int:
    value = capabilities.get(name, default)
    if type(value) is not int or not 1024 <= value <= LARGEST_MESSAGE_BYTES:
        raise ActorSystemStartupFailure(
            f"the capability {name!r} is a number of bytes, "
            f"from 1024 to {LARGEST_MESSAGE_BYTES}, not {value!r}"
        )
    return value
