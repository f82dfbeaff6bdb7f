"""What goes wrong with plugins, in words that say how to mend it."""

from __future__ import annotations

import importlib
import os

from thespian_core.errors import ActorSystemException
from thespian_core.hooks.selection import PluginFault, PluginOrigin

BLOCK_VARIABLE = "THESPIAN_BLOCK_PLUGINS"
CORE_MODULE = "thespian_core.plugin"

#: The distribution that brings each name which is ours but not in the core: by kind, then name.
HOMES: dict[str, dict[str, str]] = {
    "system base": {
        "simpleSystemBase": "thespian-simple",
        "multiprocTCPBase": "thespian-tcp",
        "multiprocUDPBase": "thespian-udp",
        "multiprocQueueBase": "thespian-queue",
    },
    "command": {
        "director": "thespian-director",
        "status": "thespian-operator",
        "top": "thespian-operator",
        "stop": "thespian-operator",
        "doctor": "thespian-operator",
    },
    "source authority": {"director": "thespian-director"},
    "log filter": {"actor-address": "thespian-director"},
}

# No plugin's: this package's, and the one that imports.
_OUR_FOLDERS = (
    os.path.dirname(os.path.dirname(__file__)) + os.sep,
    os.path.dirname(importlib.__file__) + os.sep,
)
_SEE_ALL = "  all plugins:  thespian plugins"


def printable(text: str) -> str:
    """Escape what could steer a terminal: names and errors come from other people's packages."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def describe(error: BaseException) -> str:
    """Tell an exception in one line, as the last line of a traceback does."""
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = "(its text cannot be read)"
    text = printable(text)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def place_of(error: BaseException) -> str:
    """Return where an exception was raised, as `` (FILE:LINE)``: the innermost line that is not the core's.

    It is empty when that is not known, as of a module that is not there.
    """
    found, traceback = "", error.__traceback__
    while traceback is not None:
        folder, file = os.path.split(traceback.tb_frame.f_code.co_filename)
        # What is generated, or imports, has no line that would help anybody.
        if not file.startswith("<") and not (folder + os.sep).startswith(_OUR_FOLDERS):
            place = os.path.join(os.path.basename(folder), file) if file.startswith("__") else file
            found = f" ({place}:{traceback.tb_lineno})"
        traceback = traceback.tb_next
    return printable(found)


class PluginError(ActorSystemException):
    """Something is wrong with a plugin, or with what was asked of plugins."""


class PluginNotFound(PluginError, ModuleNotFoundError):
    """No plugin in use provides what was asked for; nothing was started or changed.

    It is a ModuleNotFoundError too, because programs catch ImportError for an unknown system base.

    Attributes:
        kind: what was asked for: "system base", "command", ...
        name: its name.
        installed: each name of that kind that there is, and who provides it.
        broken: the plugins that could not be loaded; one of them might have provided it.
        blocked: the plugins that are blocked; one of them might have provided it.
    """

    name: str

    def __init__(
        self,
        kind: str,
        name: str,
        installed: tuple[tuple[str, PluginOrigin], ...] = (),
        broken: tuple[PluginFault, ...] = (),
        blocked: tuple[PluginOrigin, ...] = (),
    ) -> None:
        super().__init__(kind, name, installed, broken, blocked)
        self.kind = kind
        self.name = name
        self.installed = installed
        self.broken = broken
        self.blocked = blocked
        self.msg = str(self)

    @property
    def suggestion(self) -> str | None:
        """A name so near that it was probably meant, unless the name itself is one we know."""
        import difflib  # most programs never misspell anything

        homes = HOMES.get(self.kind, {})
        if self.name in homes:
            return None
        known = {name.lower(): name for name in (*homes, *(name for name, _ in self.installed))}
        near = difflib.get_close_matches(str(self.name).lower(), known, n=1)
        return known[near[0]] if near else None

    @property
    def home(self) -> str | None:
        """The distribution to install for it, when it is one of ours and not yet there."""
        meant = self.suggestion or self.name
        if any(name == meant for name, _ in self.installed):
            return None
        return HOMES.get(self.kind, {}).get(meant)

    def __str__(self) -> str:
        lines = [f"no {self.kind} named {self.name!r} is installed"]
        lines += [f"  installed: {name} ({plugin.release})" for name, plugin in self.installed]
        if not self.installed:
            lines.append("  installed: none")
        if self.suggestion:
            lines.append(f"  did you mean {self.suggestion}?")
        if self.home in [plugin.distribution for plugin in self.blocked]:
            lines.append(f"  it comes with {self.home}, which is installed but blocked")
        elif self.home:
            lines.append(f"  it comes with {self.home}:  pip install {self.home}")
        lines += [f"  could not be loaded: {fault}" for fault in self.broken]
        if self.blocked:
            names = sorted({plugin.name for plugin in self.blocked})
            lines.append(f"  blocked: {', '.join(names)} ({BLOCK_VARIABLE})")
        return "\n".join([*lines, _SEE_ALL])


class PluginConflict(PluginError):
    """Two plugins provide one name, and nobody can say which is meant; neither is used.

    Attributes:
        kind: what it is: "system base", "codec tag", "capability", ...
        name: the name that is provided more than once.
        providers: the plugins that provide it.
    """

    def __init__(self, kind: str, name: str, providers: tuple[PluginOrigin, ...]) -> None:
        super().__init__(kind, name, providers)
        self.kind = kind
        self.name = name
        self.providers = providers

    def __str__(self) -> str:
        mend = "  uninstall one of them"
        # A plugin name that both have would block both.
        blockable = [
            plugin.name
            for plugin in self.providers
            if plugin.module != CORE_MODULE and [p.name for p in self.providers].count(plugin.name) == 1
        ]
        if blockable:
            choices = " or ".join(f"{BLOCK_VARIABLE}={name}" for name in blockable)
            mend += f", or block one:  {choices}"
        providers = " and ".join(map(str, self.providers))
        return f"{self.kind} {self.name!r} is provided by {providers}\n{mend}\n{_SEE_ALL}"


class PluginBroken(PluginError):
    """A plugin does not do what its hooks promise; it is not used, and others are not affected.

    Attributes:
        why: what is wrong with it.
        plugin: which one; None when that is not known.
    """

    def __init__(self, why: str, plugin: PluginOrigin | None = None) -> None:
        super().__init__(why, plugin)
        self.why = why
        self.plugin = plugin

    def __str__(self) -> str:
        if self.plugin is None:
            return f"a plugin is broken: {self.why}\n{_SEE_ALL}"
        if self.plugin.module == CORE_MODULE:
            mend = "reinstall it:  pip install --force-reinstall thespian-core"
        else:
            mend = f"mend it, uninstall it, or block it:  {BLOCK_VARIABLE}={self.plugin.name}"
        return f"plugin {self.plugin} is broken: {self.why}\n  {mend}\n{_SEE_ALL}"
