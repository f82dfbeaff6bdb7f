"""The registry: every plugin in use, and what each offers, looked up by name.

Importing this module is cheap: pluggy and the entry points are reached on the first look-up only.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from thespian_core.hooks import selection as selections
from thespian_core.hooks.catalogue import Catalogue, PluginReport, report_on
from thespian_core.hooks.discovery import installed_plugins, is_core, names_to_block, split_blocked
from thespian_core.hooks.errors import PluginBroken, PluginConflict, PluginError, PluginNotFound, describe
from thespian_core.hooks.records import Spec, SpecT, open_spec
from thespian_core.hooks.selection import PluginOrigin, Selection
from thespian_core.texts import shown

Observer = Literal["thespian_system_started", "thespian_system_stopped"]

_log = logging.getLogger("thespian")


class PluginRegistry:
    """All plugins of one process. They are found and loaded at the first look-up.

    It may be used from any thread. A plugin must not look up plugins while it is being loaded;
    one that does is broken.

    Args:
        block: names of plugins to leave out, or ``"*"``; None for what the environment variable
            ``THESPIAN_BLOCK_PLUGINS`` says at the first look-up. The core's own plugin, ``core``,
            cannot be blocked, so that ``thespian plugins`` always works.
    """

    def __init__(self, block: Iterable[str] | None = None) -> None:
        self._block = None if block is None else tuple(block)
        self._selection: Selection | None = None
        self._lock = threading.RLock()
        self._loading = False
        self._loaded: Catalogue | None = None
        # Plugins whose capabilities failed: they stay in use, since others may already hold
        # what they provide.
        self._faults: dict[PluginOrigin, str] = {}

    @classmethod
    def from_selection(cls, selection: Selection) -> PluginRegistry:
        """Make the registry of a child process: exactly the plugins that its parent uses.

        Entry points and ``THESPIAN_BLOCK_PLUGINS`` are not read, and plugins that were broken in
        the parent are neither tried nor warned about again.
        """
        registry = cls(block=())
        registry._selection = selection
        return registry

    def find(self, kind: type[SpecT], name: str) -> SpecT:
        """Return the one record of this kind and name.

        Raises:
            PluginNotFound: no plugin in use provides it.
            PluginConflict: two plugins do, or, for a codec, two plugins use its tag.
        """
        catalogue = self._catalogue()
        offers = catalogue.offers(kind, name)
        if not offers:
            raise PluginNotFound(
                kind.kind,
                name,
                installed=catalogue.listing(kind),
                broken=catalogue.broken,
                blocked=catalogue.blocked,
            )
        conflict = catalogue.conflict_of(kind, name)
        if conflict is not None:
            raise conflict
        return offers[0][0]

    def open(self, kind: type[Spec], name: str) -> Any:
        """Find a record by name and import what it points to.

        Raises:
            PluginNotFound: no plugin in use provides it.
            PluginConflict: two plugins do.
            PluginBroken: it cannot be imported; the error names the plugin.
        """
        spec = self.find(kind, name)
        return open_spec(spec, self.origin_of(spec))

    def open_class(self, kind: type[Spec], name: str, base: type[Any]) -> Any:
        """Find a record by name and import the class that it points to, ready to be called.

        Raises:
            PluginNotFound: no plugin in use provides it.
            PluginConflict: two plugins do.
            PluginBroken: it cannot be imported, does not derive from ``base``, or lacks what that asks for.
        """
        spec, found = self.find(kind, name), self.open(kind, name)
        lacks = ", ".join(sorted(getattr(found, "__abstractmethods__", ())))
        if not isinstance(found, type) or not issubclass(found, base):
            why = f"{spec.opens} is {shown(found)}, not a class derived from {base.__name__}"
        elif lacks:
            why = f"{spec.opens} lacks what each {base.__name__} has: {lacks}"
        else:
            return found
        raise PluginBroken(why, self.origin_of(spec))

    def find_all(self, kind: type[SpecT]) -> tuple[SpecT, ...]:
        """Return all records of a kind, by name.

        Raises:
            PluginConflict: some name (or codec tag) is provided twice. What has no part in the
                conflict can still be had with ``names`` and ``find``.
        """
        return tuple(self.find(kind, name) for name in self.names(kind))

    def names(self, kind: type[Spec]) -> tuple[str, ...]:
        """Return all names of a kind, sorted, also those that two plugins provide."""
        return self._catalogue().names(kind)

    def origin_of(self, spec: Spec) -> PluginOrigin | None:
        """Say which plugin provides a record; None when none in use does."""
        offers = self._catalogue().offers(type(spec), spec.name)
        return next((plugin for offer, plugin in offers if offer == spec), None)

    def capabilities(self, base_name: str, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the capabilities that plugins find on this machine, with the user's own on top.

        A plugin that fails is left out, remembered as broken, and warned about once.

        Args:
            base_name: the system base that is about to start.
            given: the user's own capabilities; they win.

        Raises:
            PluginConflict: two plugins give one capability different values, and the user gives
                none. Which machine an actor lands on must not depend on the order of plugins.
        """
        found: dict[str, list[tuple[Any, PluginOrigin]]] = {}
        for plugin in self._catalogue().plugins:
            try:
                offers = _as_capabilities(plugin.call("thespian_capabilities", base_name=base_name))
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                self._remember(plugin.origin, f"thespian_capabilities failed: {describe(error)}", error)
                continue
            for key, value in offers.items():
                found.setdefault(key, []).append((value, plugin.origin))
        merged = dict(given or {})
        for key, values in found.items():
            if key in merged:
                continue
            if any(not _same(value, values[0][0]) for value, _ in values):
                raise PluginConflict("capability", key, tuple(plugin for _, plugin in values))
            merged[key] = values[0][0]
        return merged

    def notify(self, hook: Observer, *, system: object) -> None:
        """Tell every plugin that a system has started or stopped.

        It never raises for a plugin: the error is logged and the others are told.
        """
        for plugin in self._catalogue().plugins:
            try:
                for result in plugin.call(hook, system=system):
                    if hasattr(result, "__next__"):  # a generator function has not run yet
                        list(result)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                _log.error("plugin %s: %s raised %s", plugin.origin, hook, describe(error), exc_info=error)

    def plugins(self) -> tuple[PluginReport, ...]:
        """Return one line for each plugin, blocked and broken ones too, sorted by name."""
        return report_on(self._catalogue(), self._faults)

    def conflicts(self) -> tuple[PluginConflict, ...]:
        """Return what ``find`` would raise, for every name that two plugins provide."""
        return self._catalogue().conflicts()

    def selection(self) -> Selection:
        """Return exactly which plugins are in use, to be given to child processes."""
        catalogue = self._catalogue()
        used = tuple(plugin.origin for plugin in catalogue.plugins)
        return Selection(used, catalogue.blocked, catalogue.broken)

    def _remember(self, plugin: PluginOrigin, why: str, error: BaseException) -> None:
        with self._lock:
            if plugin in self._faults:
                return
            self._faults[plugin] = why
        _warn_of(PluginBroken(why, plugin), error)

    def _catalogue(self) -> Catalogue:
        loaded = self._loaded
        if loaded is not None:
            return loaded
        with self._lock:
            loaded = self._loaded  # another thread may have been first
            if loaded is not None:
                return loaded
            if self._loading:
                raise PluginError("plugins cannot be looked up while they are being loaded")
            self._loading = True
            try:
                catalogue, complaints, errors = self._load()
            finally:
                self._loading = False
            self._loaded = catalogue
        # Not under the lock: a log handler may do anything, also look up a plugin.
        for complaint in complaints:
            _log.warning("%s", complaint)
        for error in errors:
            _warn_of(error, error.__cause__)
        return catalogue

    def _load(self) -> tuple[Catalogue, list[str], list[PluginBroken]]:
        if self._selection is not None:
            chosen = self._selection
            catalogue, errors = Catalogue.load(chosen.used, chosen.blocked, chosen.broken)
            return catalogue, [], errors
        plugins, unreadable = installed_plugins()
        names = names_to_block() if self._block is None else self._block
        use, blocked, unmatched = split_blocked(plugins, names)
        # The core first, so that nobody else can take its module or its place.
        use.sort(key=lambda plugin: not is_core(plugin))
        catalogue, errors = Catalogue.load(use, blocked)
        return catalogue, [*unreadable, *unmatched], errors


def _as_capabilities(results: list[Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for result in results:
        if not isinstance(result, Mapping):
            raise TypeError(f"it returned {result!r}, not a mapping")
        for key, value in result.items():
            if not isinstance(key, str):
                raise TypeError(f"{key!r} is no name of a capability, which is a text")
            merged[key] = value
    return merged


def _same(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:  # some values cannot be compared; then they are not known to agree
        return one is other


def _warn_of(broken: PluginBroken, cause: BaseException | None) -> None:
    _log.warning("%s", broken)
    if cause is not None:
        _log.debug("what broke plugin %s", broken.plugin, exc_info=cause)


_default: PluginRegistry | None = None
_default_lock = threading.Lock()


def default_registry() -> PluginRegistry:
    """Return the registry that this process shares; it is made at the first call."""
    global _default
    with _default_lock:
        if _default is None:
            given = selections.inherited
            _default = PluginRegistry() if given is None else PluginRegistry.from_selection(given)
        return _default


def use_registry(registry: PluginRegistry | None) -> PluginRegistry | None:
    """Make this the registry that the process shares, and return the one before.

    A child process calls it first thing, with its parent's selection. None forgets the present
    one, so that the next ``default_registry`` looks at what is installed anew.
    """
    global _default
    with _default_lock:
        before, _default = _default, registry
        return before
