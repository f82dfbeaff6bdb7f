"""Load one plugin alone: import it, check its hooks, and collect the records it offers.

Each plugin gets a pluggy manager of its own. The managers never need to call several plugins in
one go, because selection is by name, and so a broken plugin cannot leave anything behind.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from thespian_core.hooks.errors import PluginBroken
from thespian_core.hooks.records import KINDS, CodecSpec, Spec, blamed
from thespian_core.hooks.selection import PluginOrigin

if TYPE_CHECKING:
    import pluggy

MISSPELT = 0.8  # how alike a name and a hook's must be, as difflib measures it: our choice


class LoadedPlugin:
    """A plugin that passed every check, and what it offers."""

    def __init__(self, origin: PluginOrigin, manager: pluggy.PluginManager) -> None:
        self.origin = origin
        self.manager = manager
        self.specs: tuple[Spec, ...] = ()

    def implements(self, hook: str) -> bool:
        """Say whether the plugin has this hook."""
        return bool(_implementations(self.manager, hook))

    def implements_nothing(self) -> bool:
        """Say whether no function of its module is marked as a hook, not even as one of a later core."""
        return not any(self.manager.get_hookcallers(module) for module in self.manager.get_plugins())

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
    marked = {name for name in vars(module) if manager.parse_hookimpl_opts(module, name) is not None}
    for hook in HOOKS:
        if callable(vars(module).get(hook)) and hook not in marked:
            raise PluginBroken(f"{hook} is not marked with @hookimpl", origin)
    for name in vars(module).keys() - marked - set(HOOKS):
        meant = _hook_near(name)
        if meant and meant not in marked and isinstance(vars(module)[name], FunctionType):
            what = f"there is no hook {name!r}, and it is not marked with @hookimpl; did you mean {meant}?"
            raise PluginBroken(what, origin)
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


def _hook_near(name: str) -> str | None:
    """Return the hook that a function of such a name is probably meant for."""
    prefix = "thespian_"
    if not name.startswith(prefix):  # as most: nothing is imported for those
        return None
    import difflib

    rests = [hook.removeprefix(prefix) for hook in HOOKS]
    near = difflib.get_close_matches(name.removeprefix(prefix), rests, n=1, cutoff=MISSPELT)
    return prefix + near[0] if near else None


def _reworded(manager: pluggy.PluginManager, module: ModuleType, error: BaseException) -> str:
    import difflib

    from thespian_core.hooks import specs

    for name in dir(module):
        options: Any = manager.parse_hookimpl_opts(module, name)
        if options is None:
            continue
        hook = options.get("specname") or name
        if hook not in HOOKS and not options.get("optionalhook"):
            near = difflib.get_close_matches(hook, HOOKS, n=1)
            return f"there is no hook {hook!r}" + (f"; did you mean {near[0]}?" if near else "")
        if hook in HOOKS:
            given = _argument_names(vars(specs)[hook])
            excess = [
                argument for argument in _argument_names(getattr(module, name)) if argument not in given
            ]
            if excess:
                gives = f"gives {' and '.join(given)}" if given else "gives nothing"
                return f"{hook} takes {' and '.join(excess)}, but that hook {gives}"
    # Only pluggy knows what else it refuses; it names the hook.
    return " ".join(str(error).split())


def _argument_names(function: object) -> tuple[str, ...]:
    """Return what a hook function must be given: all but what has a default."""
    if not isinstance(function, FunctionType):
        return ()
    count = function.__code__.co_argcount - len(function.__defaults__ or ())
    return function.__code__.co_varnames[:count]


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
