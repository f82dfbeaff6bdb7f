"""DirectorControl: what the commands of the command line do, for programs."""

from __future__ import annotations

import os
from typing import Any

import click

from thespian_director.errors import DirectorError
from thespian_director.folder import DirectorFolder
from thespian_director.groupfiles import GroupLoadableFiles, all_groups
from thespian_director.running import RunningHalf


class DirectorControl(RunningHalf):
    """Carries out director commands; each that is installed is a method ``cmd_NAME``.

    A command's arguments are those of the command line. It prints what it does, and returns its exit
    status: 0, or another number after an error, which was told on stderr.

    Commands find the control that carries them out as the object of their click context
    (``click.pass_obj``).

    Args:
        sources_dir: the director's folder; None for what THESPIAN_DIRECTOR_DIR says.
        system_base: the name of the system base; None for what the folder's ``thespbase.cfg`` says.
        admin_port: the Admin Port; None for what the folder's ``adminport.cfg`` says.

    Attributes:
        folder: the director's folder.
        verbose: whether commands tell what they are doing.
    """

    def __init__(
        self,
        sources_dir: str | os.PathLike[str] | None = None,
        system_base: str | None = None,
        admin_port: int | None = None,
    ) -> None:
        self.folder = DirectorFolder(sources_dir)
        self.verbose = False
        self._system_base = system_base
        self._admin_port = admin_port

    def __call__(self, command: str = "help", *args: object) -> int:
        """Carry out one command.

        Args:
            command: its name, or "verbose" before it.
            args: its arguments, as on the command line.

        Returns:
            The exit status.

        Raises:
            SystemExit: the command, or a signal handler of the program, ended the program itself.
        """
        from thespian_core.cli.main import run
        from thespian_director.cli import director

        return run(director, [command, *map(str, args)], "thespian director", obj=self)

    def __getattr__(self, name: str) -> Any:
        """Return the method of a command.

        Raises:
            AttributeError: there is no such command.
        """
        if name.startswith("cmd_"):
            for command in _commands():
                if _method(command) == name:
                    return self._method_of(command)
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *map(_method, _commands())})

    @property
    def sources_dir(self) -> str:
        """The director's folder."""
        return str(self.folder.path)

    @property
    def system_base(self) -> str:
        """The name of the system base.

        Raises:
            DirectorError: the setting cannot be read.
        """
        return self._system_base or self.folder.base_name

    @property
    def admin_port(self) -> int:
        """The Admin Port.

        Raises:
            DirectorError: the setting cannot be read, or is no port.
        """
        return self.folder.admin_port if self._admin_port is None else self._admin_port

    @property
    def logdir(self) -> str:
        """The folder of logs.

        Raises:
            DirectorError: the setting cannot be read.
        """
        return self.folder.log_folder

    def filecfg(self, name: str, default: Any = None) -> Any:
        """Return the text of a setting without the blanks around it.

        Args:
            name: its file in the folder, such as ``adminport.cfg``.
            default: what is returned when there is no such file, or an empty one.

        Raises:
            DirectorError: it cannot be read, or others can write it.
        """
        if os.path.basename(name) != name:
            raise DirectorError(f"a setting is a file in the director's folder, which {name!r} is not")
        text = self.folder.setting(name.removesuffix(".cfg"))
        return default if text is None else text

    def all_group_loadable_sources(self) -> list[GroupLoadableFiles]:
        """Return each group of the folder that has a TLI file, by name."""
        return all_groups(self.folder.path)

    def tell(self, text: str) -> None:
        """Print what is being done, if somebody wants to know."""
        if self.verbose:
            click.echo(text, err=True)

    def _method_of(self, command: str) -> Any:
        from thespian_director.cli import director

        def method(*args: object) -> int:
            return self(command, *args)

        method.__name__ = method.__qualname__ = _method(command)
        found = director.get_command(click.Context(director), command)
        method.__doc__ = found.help if found else None
        return method


#: Gives a command the control that carries it out: one for THESPIAN_DIRECTOR_DIR when it is run by itself.
pass_control = click.make_pass_decorator(DirectorControl, ensure=True)


def _commands() -> tuple[str, ...]:
    from thespian_core.hooks.records import DirectorCommandSpec
    from thespian_core.hooks.registry import default_registry

    return default_registry().names(DirectorCommandSpec)


def _method(command: str) -> str:
    """Return the name of a command's method: what cannot be in a name is an underscore."""
    return "cmd_" + "".join(c if c.isidentifier() or c.isdecimal() else "_" for c in command)
