"""The Director: signed packages of actor code, and the commands that bring them into running systems.

What programs use is imported from here, or from ``thespian.director``, when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thespian_director.authorityactor import SourceAuthority as SourceAuthority
    from thespian_director.control import DirectorControl as DirectorControl
    from thespian_director.director import Director as Director
    from thespian_director.errors import DirectorError as DirectorError
    from thespian_director.groupfiles import GroupLoadableFiles as GroupLoadableFiles
    from thespian_director.logfilter import ActorAddressLogFilter as ActorAddressLogFilter

_HOMES = {
    "ActorAddressLogFilter": "logfilter",
    "Director": "director",
    "DirectorControl": "control",
    "DirectorError": "errors",
    "GroupLoadableFiles": "groupfiles",
    "SourceAuthority": "authorityactor",
}

__all__ = [
    "ActorAddressLogFilter",
    "Director",
    "DirectorControl",
    "DirectorError",
    "GroupLoadableFiles",
    "SourceAuthority",
]


def __getattr__(name: str) -> Any:
    # A process that only needs the log filter shall not wait for cryptography and click.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
