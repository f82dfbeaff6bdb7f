"""Lets ``python -m examples.wordcount`` run the program."""

import sys

CTRL_C_STATUS = 128 + 2  # what a shell reports for a program that SIGINT ended

try:
    from examples.wordcount.main import main

    main(prog_name="python -m examples.wordcount")
except KeyboardInterrupt:  # before the program could deal with it, or while it ended
    sys.exit(CTRL_C_STATUS)
