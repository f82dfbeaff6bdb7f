"""Lets ``python -m examples.upgrade`` run the program."""

from examples.upgrade.main import main

main(prog_name="python -m examples.upgrade")
