"""Load one plugin alone: import it, check its hooks, and collect the records it offers.

Each plugin gets a pluggy manager of its own. The managers never need to call several plugins in
one go, because selection is by name, and so a broken plugin cannot leave anything behind.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from thespian_core.hooks.errors import PluginBroken
from thespian_core.hooks.records import KINDS, CodecSpec, Spec, blamed
from thespian_core.hooks.selection import PluginOrigin

if TYPE_CHECKING:
    import pluggy


class LoadedPlugin:
    """A plugin that passed every check, and what it offers."""

    def __init__(self, origin: PluginOrigin, manager: pluggy.PluginManager) -> None:
        self.origin = origin
        self.manager = manager
        self.specs: tuple[Spec, ...] = ()

    def implements(self, hook: str) -> bool:
        """Say whether the plugin has this hook."""
        return bool(_implementations(self.manager, hook))

    def call(self, hook: str, **given: object) -> list[Any]:
        """Call the plugin's implementations of one hook; whatever they raise is passed on."""
        results = []
        for implementation in _implementations(self.manager, hook):
            wanted = [given[name] for name in implementation.argnames]
            results.append(implementation.function(*wanted))
        return results


def load_plugin(origin: PluginOrigin) -> LoadedPlugin:
    """Import a plugin, check all its hooks, and collect its records.

    Raises:
        PluginBroken: it says why, and chains the cause. The plugin's module stays imported;
            nothing else is left of it.
    """
    with blamed(origin):
        module = importlib.import_module(_module_name(origin))
    manager = _verified(module, origin)
    plugin = LoadedPlugin(origin, manager)
    specs: list[Spec] = []
    for kind in KINDS:
        specs += _collect(plugin, kind)
    plugin.specs = tuple(specs)
    return plugin


def _module_name(origin: PluginOrigin) -> str:
    name = origin.module.strip()
    if not all(part.isidentifier() for part in name.split(".")):
        raise PluginBroken(f"its entry point must name a module, like 'package.module', not {name!r}", origin)
    return name


def _verified(module: ModuleType, origin: PluginOrigin) -> pluggy.PluginManager:
    import pluggy

    from thespian_core.hooks import specs

    manager = pluggy.PluginManager(specs.PROJECT)
    manager.add_hookspecs(specs)
    for hook in HOOKS:
        candidate = vars(module).get(hook)
        if callable(candidate) and not hasattr(candidate, f"{specs.PROJECT}_impl"):
            raise PluginBroken(f"{hook} is not marked with @hookimpl", origin)
    with blamed(origin):
        try:
            manager.register(module, name=origin.name)
            manager.check_pending()
        except pluggy.PluginValidationError as error:
            raise PluginBroken(_reworded(manager, module, error), origin) from error
    for hook in HOOKS:
        if any(found.wrapper or found.hookwrapper for found in _implementations(manager, hook)):
            raise PluginBroken(f"{hook} is a hook wrapper, which is not offered here", origin)
    return manager


def _reworded(manager: pluggy.PluginManager, module: ModuleType, error: BaseException) -> str:
    import difflib

    for name in dir(module):
        options: Any = manager.parse_hookimpl_opts(module, name)
        if options is None:
            continue
        hook = options.get("specname") or name
        if hook not in HOOKS and not options.get("optionalhook"):
            near = difflib.get_close_matches(hook, HOOKS, n=1)
            return f"there is no hook {hook!r}" + (f"; did you mean {near[0]}?" if near else "")
    # Only pluggy knows what else it refuses (a hook with an argument too many); it names the hook.
    return " ".join(str(error).split())


def _implementations(manager: pluggy.PluginManager, hook: str) -> list[pluggy.HookImpl]:
    caller: pluggy.HookCaller = getattr(manager.hook, hook)
    return caller.get_hookimpls()


def _collect(plugin: LoadedPlugin, kind: type[Spec]) -> list[Spec]:
    hook, origin = kind.hook, plugin.origin
    specs: list[Spec] = []
    with blamed(origin, f"{hook} raised "):
        for result in plugin.call(hook):
            if not isinstance(result, Iterable):
                raise PluginBroken(f"{hook} returned {result!r}, not {kind.__name__} records", origin)
            specs += list(result)  # here, where it is told: a generator runs only now
    for spec in specs:
        if type(spec) is not kind:
            raise PluginBroken(f"{hook} gave {spec!r}, which is not a {kind.__name__}", origin)
    _refuse_repeats(specs, kind, hook, origin)
    return specs


def _refuse_repeats(specs: list[Spec], kind: type[Spec], hook: str, origin: PluginOrigin) -> None:
    seen: set[tuple[str, object]] = set()
    for spec in specs:
        keys: list[tuple[str, object]] = [(kind.kind, spec.name)]
        if isinstance(spec, CodecSpec):
            keys.append(("codec tag", spec.tag))
        for what, value in keys:
            if (what, value) in seen:
                raise PluginBroken(f"{hook} gave {what} {value!r} twice", origin)
            seen.add((what, value))


HOOKS: tuple[str, ...] = (
    *(kind.hook for kind in KINDS),
    "thespian_capabilities",
    "thespian_system_started",
    "thespian_system_stopped",
)
