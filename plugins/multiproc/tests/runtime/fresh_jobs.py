"""What fresh interpreters run in tests."""

from __future__ import annotations

import os
import sys
from typing import NoReturn


def tell(given: tuple[int, object]) -> None:
    """Write down what this process has."""
    descriptor, argument = given
    random = sys.modules.get("random")
    facts = {
        "argument": argument,
        "path": sys.path,
        "argv": len(sys.argv),
        "session": os.getsid(0) == os.getpid(),
        "random": None if random is None else random.__file__,
        "streams": [os.fstat(number).st_rdev == os.stat(os.devnull).st_rdev for number in range(3)],
        "flags": sys.flags.dont_write_bytecode,
    }
    os.write(descriptor, repr(facts).encode())


def print_both(given: object) -> None:
    """Print, without flushing."""
    print("to stdout", end="")
    print("to stderr", end="", file=sys.stderr)


def length(given: tuple[int, bytes]) -> None:
    """Write down how long the argument is."""
    os.write(given[0], b"%d" % len(given[1]))


def fail(given: object) -> NoReturn:
    """Raise."""
    raise LookupError("as this one is made to")


def leave(given: object) -> NoReturn:
    """Exit in the middle."""
    sys.exit("words that nobody sees")
