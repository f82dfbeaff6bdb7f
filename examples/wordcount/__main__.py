"""Lets ``python -m examples.wordcount`` run the program."""

from examples.wordcount.main import main

main(prog_name="python -m examples.wordcount")
