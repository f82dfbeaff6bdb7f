"""Where the command ``thespian`` begins: all else is imported where Ctrl-C is told by the exit status."""

from __future__ import annotations

INTERRUPTED = 130  # what a shell reports for a program that Ctrl-C ended: 128 + SIGINT


def main() -> int:
    """Carry out the command line of this process; see :func:`thespian_core.cli.main.run`."""
    try:
        from thespian_core.cli.main import main as carry_out

        return carry_out()
    except KeyboardInterrupt:
        return INTERRUPTED
