"""The file that a fresh interpreter runs first; see :mod:`thespian_multiproc.runtime.fresh`."""

from __future__ import annotations

import sys

# Python puts this file's folder first; nothing may be imported from it in place of the standard library.
sys.path[:] = [folder for folder in sys.path if folder != __file__.rpartition("/")[0]]

import gc  # noqa: E402
import os  # noqa: E402
import pickle  # noqa: E402


def main() -> None:
    """Run what the inherited file names, with what is written into the other once it is there."""
    head, argument_file, given = map(int, sys.argv[1:4])
    gc.disable()  # imports make little garbage
    with open(head, "rb") as file:
        path, opens = pickle.load(file)
    sys.argv[1:] = []
    # While our own modules are imported, the program's random.py must not stand in for the standard one.
    library = os.path.dirname(os.__file__)
    sys.path[:] = [library, os.path.join(library, "lib-dynload"), *path]
    from thespian_multiproc.runtime.processes import find, run_and_end

    def function(_: object) -> None:
        run = find(opens)
        os.read(given, 1)  # it ends when the argument is there, or whoever gives it is gone
        os.close(given)
        with open(argument_file, "rb") as file:
            file.seek(0)  # its position is shared with who has written it
            pickled = file.read()
        if pickled:
            argument = pickle.loads(pickled)
            sys.path[:] = path
            gc.enable()
            run(argument)

    run_and_end(function, None, whose=opens)


if __name__ == "__main__":
    main()
