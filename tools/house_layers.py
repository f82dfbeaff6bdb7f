"""The list of the layers: what each holds, and what it may import."""

from __future__ import annotations

import attrs

# What a pure package may not import: time, randomness and the outside world come in as arguments.
IMPURE = frozenset(
    {
        *("socket", "select", "selectors", "threading", "multiprocessing", "subprocess"),
        *("os", "time", "asyncio", "logging", "random"),
    }
)
PURE = (
    *("thespian_core.semantics", "thespian_multiproc.protocol", "thespian_queue.protocol"),
    "thespian_director.machine",
)


@attrs.frozen
class Layer:
    """One layer: the modules it holds, and the layers below that it may import."""

    name: str
    summary: str
    holds: tuple[str, ...]  # a module and all below it; with "=" before it, that module alone
    may_import: tuple[str, ...]


BELOW_THE_API = ("thespian_core.sources", "thespian_core.hooks", "thespian_core.semantics", "leaves")

# From top to bottom. The first layer that holds a module is the module's layer.
LAYERS = (
    Layer(
        "thespian",
        "what programs import",
        ("thespian",),
        ("thespian_director", "thespian_core.cli", "thespian_core.api", "thespian_core", *BELOW_THE_API),
    ),
    Layer(
        "thespian_director",
        "signed packages and the commands for them, a plugin",
        ("thespian_director",),
        ("thespian_core.cli", "thespian_core.api", "thespian_core", *BELOW_THE_API),
    ),
    Layer(
        "thespian_core.cli",
        "the thespian command, and the core's own plugin",
        ("thespian_core.cli", "thespian_core.plugin"),
        ("thespian_core.api", "thespian_core.sources", "thespian_core", "thespian_core.hooks", "leaves"),
    ),
    Layer(
        "thespian_multiproc.testing",
        "contract kit for those who write transports",
        ("thespian_multiproc.testing",),
        ("thespian_core.testing", "thespian_multiproc.transport", "thespian_core.hooks", "leaves"),
    ),
    Layer(
        "thespian_core.testing",
        "contract kit for those who write plugins",
        ("thespian_core.testing",),
        ("thespian_core.api", "thespian_core", *BELOW_THE_API),
    ),
    Layer(
        "thespian_core.api",
        "Actor, ActorSystem, decorators",
        ("thespian_core.api",),
        BELOW_THE_API,
    ),
    Layer(
        "thespian_simple",
        "simpleSystemBase, a plugin",
        ("thespian_simple",),
        ("thespian_core.sources", "thespian_core", *BELOW_THE_API[1:]),
    ),
    Layer(
        "thespian_operator",
        "status, top, stop, doctor, a plugin",
        ("thespian_operator",),
        (
            *("thespian_multiproc.runtime", "thespian_multiproc.transport"),
            *("thespian_core", "thespian_core.hooks", "thespian_core.semantics", "leaves"),
        ),
    ),
    Layer(
        "thespian_tcp",
        "sockets, a plugin",
        ("thespian_tcp",),
        ("thespian_core", "thespian_core.hooks", "thespian_multiproc.transport", "leaves"),
    ),
    Layer(
        "thespian_udp",
        "sockets, a plugin",
        ("thespian_udp",),
        ("thespian_core", "thespian_core.hooks", "thespian_multiproc.transport", "leaves"),
    ),
    Layer(
        "thespian_queue",
        "inherited queues and their relay, a plugin",
        (
            *(
                "=thespian_queue",
                "thespian_queue.plugin",
                "thespian_queue.transport",
                "thespian_queue.endpoint",
            ),
            *("thespian_queue.line", "thespian_queue.door", "thespian_queue.tree"),
            "thespian_queue.relay",
        ),
        (
            *("thespian_queue.protocol", "thespian_multiproc.runtime", "thespian_multiproc.transport"),
            *("thespian_core", "thespian_core.hooks", "leaves"),
        ),
    ),
    Layer(
        "thespian_multiproc.base",
        "starts a system of many processes, or joins it",
        ("thespian_multiproc.base",),
        (
            *("thespian_multiproc.runtime", "thespian_multiproc.transport"),
            *("thespian_core.sources", "thespian_core", *BELOW_THE_API[1:]),
        ),
    ),
    Layer(
        "thespian_queue.protocol",
        "what travels in the queues; pure",
        ("thespian_queue.protocol",),
        ("thespian_multiproc.transport",),
    ),
    Layer(
        "thespian_multiproc.runtime",
        "the processes of a system",
        ("thespian_multiproc.runtime",),
        (
            *("thespian_multiproc.protocol", "thespian_multiproc.transport"),
            *("thespian_core.sources", "thespian_core", *BELOW_THE_API[1:]),
        ),
    ),
    Layer(
        "thespian_multiproc.protocol",
        "what two processes say to each other; pure",
        ("thespian_multiproc.protocol",),
        ("thespian_multiproc.transport", "leaves"),
    ),
    Layer(
        "thespian_multiproc.transport",
        "frames between mailboxes: the interface, and one in memory",
        ("thespian_multiproc.transport", "=thespian_multiproc"),
        ("leaves",),
    ),
    Layer(
        "thespian_core.sources",
        "loadable sources: hash, archive, import",
        ("thespian_core.sources",),
        ("thespian_core.hooks", "leaves"),
    ),
    Layer(
        "thespian_core",
        "what plugins import: hookimpl and records",
        ("=thespian_core",),
        ("thespian_core.hooks", "leaves"),
    ),
    Layer(
        "thespian_core.hooks",
        "hook specifications, records, registry",
        ("thespian_core.hooks",),
        ("leaves",),
    ),
    Layer(
        "thespian_core.semantics",
        "what every base does alike; pure",
        ("thespian_core.semantics",),
        ("leaves",),
    ),
    Layer("leaves", "messages, addresses, errors, ...", ("thespian_core.*",), ()),
)
