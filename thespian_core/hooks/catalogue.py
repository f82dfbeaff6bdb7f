"""What a set of loaded plugins offers, by kind and name; it does not change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from thespian_core.hooks.errors import PluginBroken, PluginConflict
from thespian_core.hooks.loading import HOOKS, LoadedPlugin, load_plugin
from thespian_core.hooks.records import KINDS, CodecSpec, Spec, SpecT
from thespian_core.hooks.selection import PluginFault, PluginOrigin


class Provided(NamedTuple):
    """One thing that a plugin provides: a record by kind and name, or a hook without records."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class PluginReport(NamedTuple):
    """One line of ``thespian plugins``.

    Attributes:
        name: the plugin's name.
        distribution: where it comes from; None when that is not an installed distribution.
        version: the distribution's version.
        state: whether it is in use.
        why: what is wrong with a broken plugin, or that one in use implements no hook; else empty.
        provides: what it offers; empty for a blocked plugin, which is not even imported.
    """

    name: str
    distribution: str | None
    version: str | None
    state: Literal["ok", "blocked", "broken"]
    why: str = ""
    provides: tuple[Provided, ...] = ()


class Catalogue:
    """Loaded plugins, and those that are not there."""

    def __init__(
        self,
        plugins: tuple[LoadedPlugin, ...],
        blocked: tuple[PluginOrigin, ...],
        broken: tuple[PluginFault, ...],
        offers: Mapping[tuple[type[Spec], str], list[tuple[Spec, PluginOrigin]]],
    ) -> None:
        self.plugins = plugins
        self.blocked = blocked
        self.broken = broken
        self._offers = offers

    @classmethod
    def load(
        cls,
        use: Iterable[PluginOrigin],
        blocked: Iterable[PluginOrigin] = (),
        broken: Iterable[PluginFault] = (),
    ) -> tuple[Catalogue, list[PluginBroken]]:
        """Load each plugin alone.

        Args:
            use: what to load.
            blocked: what was blocked.
            broken: what is already known to be broken, and is not tried.

        Returns:
            The catalogue, and an error for each plugin that turned out to be broken only now.
        """
        plugins: list[LoadedPlugin] = []
        errors: list[PluginBroken] = []
        faults = list(broken)
        modules: dict[str, PluginOrigin] = {}
        for origin in use:
            try:
                other = modules.setdefault(origin.module, origin)
                if other is not origin:
                    raise PluginBroken(f"its module {origin.module} is that of plugin {other} too", origin)
                plugins.append(load_plugin(origin))
            except PluginBroken as error:
                errors.append(error)
                faults.append(PluginFault(origin, error.why))
        offers: dict[tuple[type[Spec], str], list[tuple[Spec, PluginOrigin]]] = {}
        for plugin in plugins:
            for spec in plugin.specs:
                offers.setdefault((type(spec), spec.name), []).append((spec, plugin.origin))
        return cls(tuple(plugins), tuple(blocked), tuple(faults), offers), errors

    def offers(self, kind: type[SpecT], name: str) -> list[tuple[SpecT, PluginOrigin]]:
        """Return every record of this kind and name, with the plugin that provides it."""
        found = self._offers.get((kind, name), [])
        return [(spec, plugin) for spec, plugin in found if isinstance(spec, kind)]

    def names(self, kind: type[Spec]) -> tuple[str, ...]:
        """Return all names of a kind, sorted."""
        return tuple(sorted(name for of, name in self._offers if of is kind))

    def listing(self, kind: type[Spec]) -> tuple[tuple[str, PluginOrigin], ...]:
        """Return each name of a kind with each plugin that provides it."""
        return tuple((name, plugin) for name in self.names(kind) for _, plugin in self.offers(kind, name))

    def conflict_of(self, kind: type[Spec], name: str) -> PluginConflict | None:
        """Return what is contested about this name: the name itself, or a codec's tag."""
        offers = self.offers(kind, name)
        if len(offers) > 1:
            return PluginConflict(kind.kind, name, tuple(plugin for _, plugin in offers))
        for spec, _ in offers:
            if isinstance(spec, CodecSpec):
                users = [
                    plugin
                    for other in self.names(CodecSpec)
                    for codec, plugin in self.offers(CodecSpec, other)
                    if codec.tag == spec.tag
                ]
                if len(users) > 1:
                    return PluginConflict("codec tag", str(spec.tag), tuple(users))
        return None

    def conflicts(self) -> tuple[PluginConflict, ...]:
        """Return each conflict once."""
        found: dict[tuple[str, str], PluginConflict] = {}
        for kind in KINDS:
            for name in self.names(kind):
                conflict = self.conflict_of(kind, name)
                if conflict is not None:
                    found.setdefault((conflict.kind, conflict.name), conflict)
        return tuple(found.values())


def report_on(catalogue: Catalogue, faults: Mapping[PluginOrigin, str]) -> tuple[PluginReport, ...]:
    """Describe every plugin in one line each, sorted by name.

    Args:
        catalogue: what was loaded.
        faults: plugins in use that have failed since they were loaded, and why.
    """
    lines = []
    for plugin in catalogue.plugins:
        origin = plugin.origin
        provides = [Provided(spec.kind, spec.name) for spec in plugin.specs]
        record_hooks = {kind.hook for kind in KINDS}
        provides += [
            Provided("hook", hook) for hook in HOOKS if hook not in record_hooks and plugin.implements(hook)
        ]
        fault = faults.get(origin, "")
        why = fault or (
            f"no function of {origin.module} is marked with @hookimpl" if plugin.implements_nothing() else ""
        )
        lines.append(_line(origin, "broken" if fault else "ok", why, provides))
    lines += [_line(origin, "blocked") for origin in catalogue.blocked]
    lines += [_line(fault.plugin, "broken", fault.why) for fault in catalogue.broken]
    return tuple(sorted(lines, key=lambda line: (line.name, line.distribution or "")))


def _line(
    origin: PluginOrigin,
    state: Literal["ok", "blocked", "broken"],
    why: str = "",
    provides: Iterable[Provided] = (),
) -> PluginReport:
    return PluginReport(origin.name, origin.distribution, origin.version, state, why, tuple(provides))
