"""The Director: what the distribution ``thespian-director`` brings; ``python -m`` runs its commands."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thespian_director import ActorAddressLogFilter as ActorAddressLogFilter
    from thespian_director import Director as Director
    from thespian_director import DirectorControl as DirectorControl
    from thespian_director import DirectorError as DirectorError
    from thespian_director import GroupLoadableFiles as GroupLoadableFiles
    from thespian_director import SourceAuthority as SourceAuthority

try:
    import thespian_director
except ModuleNotFoundError as missing:
    if missing.name != "thespian_director":
        raise
    what = "the Director is not installed: it comes with thespian-director"
    what += "\n  install it:  pip install thespian-director"
    if __name__ == "__main__":
        raise SystemExit(f"Error: {what}") from None  # for an operator, whom a traceback does not help
    raise ModuleNotFoundError(what, name="thespian_director") from None

__all__ = thespian_director.__all__


def __getattr__(name: str) -> Any:
    return getattr(thespian_director, name)


if __name__ == "__main__":
    import sys

    from thespian_director.cli import main

    sys.exit(main())
