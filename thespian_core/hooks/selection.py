"""Which plugins there are, and exactly which of them a system uses."""

from __future__ import annotations

from typing import NamedTuple


class PluginOrigin(NamedTuple):
    """Where one plugin comes from.

    Attributes:
        name: the entry point's name; what ``THESPIAN_BLOCK_PLUGINS`` blocks.
        module: the plugin module, as the entry point names it.
        distribution: the installed distribution; None when there is none, as in a test.
        version: the distribution's version.
    """

    name: str
    module: str
    distribution: str | None = None
    version: str | None = None

    @property
    def release(self) -> str:
        """The distribution with its version, or the plugin's name when it has none."""
        return " ".join(filter(None, (self.distribution, self.version))) or f"plugin {self.name}"

    def __str__(self) -> str:
        return f"{self.name} ({self.release})" if self.distribution else self.name


class PluginFault(NamedTuple):
    """One plugin, and why it is broken."""

    plugin: PluginOrigin
    why: str

    def __str__(self) -> str:
        return f"{self.plugin}: {self.why}"


class Selection(NamedTuple):
    """Exactly which plugins a process uses; its child processes are given the same.

    It holds only text, so it can be pickled and sent to a fresh interpreter.

    Attributes:
        used: the plugins that are in use.
        blocked: those that the operator blocked.
        broken: those that could not be loaded; a child does not try them again.
    """

    used: tuple[PluginOrigin, ...]
    blocked: tuple[PluginOrigin, ...] = ()
    broken: tuple[PluginFault, ...] = ()


#: What the process that started this one uses; the process's registry is made from it when one is asked for.
inherited: Selection | None = None


def inherit(selection: Selection) -> None:
    """Use the very plugins of the process that started this one.

    A process that never asks for the registry does not pay for it.
    """
    global inherited
    inherited = selection
