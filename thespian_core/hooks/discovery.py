"""Find installed plugins by their entry points, and which of them are blocked."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress

from thespian_core.hooks.entrypoints import distributions
from thespian_core.hooks.errors import BLOCK_VARIABLE, CORE_MODULE, describe
from thespian_core.hooks.selection import PluginOrigin

GROUP = "thespian"
CORE = PluginOrigin(name="core", module=CORE_MODULE, distribution="thespian-core")


def installed_plugins() -> tuple[list[PluginOrigin], list[str]]:
    """Read the entry points of all installed distributions; import no plugin.

    A distribution that is seen twice (an editable install beside a wheel, or one folder through
    two entries of ``sys.path``) counts once: the one that an import would find.

    Returns:
        The plugins by name, the core's own always among them, and a sentence for each
        distribution whose entry points cannot be read.
    """
    found: dict[tuple[str, str], PluginOrigin] = {}
    complaints = []
    for where, read in distributions(GROUP):
        # One by one: a single unreadable file anywhere on sys.path must not hide all plugins.
        try:
            for entry in read():
                key = re.sub(r"[-_.]+", "-", entry.distribution).lower()
                found.setdefault((entry.name, key), PluginOrigin(*entry))
        except Exception as error:
            complaints.append(f"the entry points of {where} cannot be read: {describe(error)}")
    plugins = list(found.values())
    if not any(is_core(plugin) for plugin in plugins):
        plugins.append(CORE)  # run from a checkout that is not installed
    return sorted(plugins, key=lambda plugin: (plugin.name, plugin.release)), complaints


def astray() -> list[tuple[str, PluginOrigin]]:
    """Find entry points that nobody reads, since their group is nearly that of plugins.

    Returns:
        Each such group, and what its entry points name; sorted.
    """
    from importlib import metadata

    found: dict[tuple[str, str, str], PluginOrigin] = {}
    for distribution in metadata.distributions():
        with suppress(Exception):  # what cannot be read was complained about when plugins were looked for
            for point in distribution.entry_points:
                if point.group != GROUP and _is_nearly_ours(point.group):
                    name, version = str(distribution.metadata["Name"]), str(distribution.version)
                    found.setdefault(
                        (point.group, point.name, name), PluginOrigin(point.name, point.value, name, version)
                    )
    return sorted((group, plugin) for (group, _, _), plugin in found.items())


def _is_nearly_ours(group: str) -> bool:
    import difflib

    from thespian_core.hooks.loading import HOOKS, MISSPELT

    first, *rest = re.split(r"[\W_]+", group.lower())
    if not difflib.get_close_matches(first, [GROUP], cutoff=MISSPELT):
        return False
    hooks = [hook.removeprefix("thespian_") for hook in HOOKS]
    meanings = ["core", "plugin", "plugins", "hook", "hooks", *hooks, *(hook[:-1] for hook in hooks)]
    return "_".join(rest) in ["", *meanings]


def is_core(plugin: PluginOrigin) -> bool:
    """Say whether this is the core's own plugin, which cannot be blocked."""
    return plugin.name == CORE.name and plugin.module == CORE.module


def names_to_block(environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Read ``THESPIAN_BLOCK_PLUGINS``: plugin names with commas between, or ``*`` for all."""
    text = (os.environ if environ is None else environ).get(BLOCK_VARIABLE, "")
    return tuple(filter(None, (name.strip() for name in text.split(","))))


def split_blocked(
    plugins: Iterable[PluginOrigin], names: Collection[str]
) -> tuple[list[PluginOrigin], list[PluginOrigin], list[str]]:
    """Divide plugins into those to use and those to block.

    Returns:
        What to use, what is blocked, and a sentence for each name that blocks nothing.
    """
    use: list[PluginOrigin] = []
    blocked: list[PluginOrigin] = []
    for plugin in plugins:
        block = not is_core(plugin) and ("*" in names or plugin.name in names)
        (blocked if block else use).append(plugin)
    complaints = []
    for name in dict.fromkeys(names):
        if name == "*" or any(plugin.name == name for plugin in blocked):
            continue
        if any(plugin.name == name for plugin in use):
            complaints.append(f"{BLOCK_VARIABLE} names {name!r}, which cannot be blocked")
        else:
            there = ", ".join(sorted({plugin.name for plugin in (*use, *blocked)}))
            complaints.append(f"{BLOCK_VARIABLE} names {name!r}, but there is no such plugin, only: {there}")
    return use, blocked, complaints
