"""The file that a fresh interpreter runs first; see :mod:`thespian_multiproc.runtime.fresh`."""

from __future__ import annotations

import sys

# Python puts this file's folder first; nothing may be imported from it in place of the standard library.
sys.path[:] = [folder for folder in sys.path if folder != __file__.rpartition("/")[0]]

import os  # noqa: E402
import pickle  # noqa: E402


def main() -> None:
    """Run what the inherited file names."""
    with open(int(sys.argv[1]), "rb") as file:
        path, opens, argument = pickle.load(file)
    sys.argv[1:] = []
    # While our own modules are imported, the program's random.py must not stand in for the standard one.
    library = os.path.dirname(os.__file__)
    sys.path[:] = [library, os.path.join(library, "lib-dynload"), *path]
    from thespian_multiproc.runtime.processes import find, run_and_end

    def function(pickled: bytes) -> None:
        run, argument = find(opens), pickle.loads(pickled)
        sys.path[:] = path
        run(argument)

    run_and_end(function, argument, whose=opens)


if __name__ == "__main__":
    main()
