"""The hello example does what the README says."""

from __future__ import annotations

from tests.examples.programs import run_program


def test_hello_prints_its_line_and_nothing_else() -> None:
    done = run_program("examples/hello.py")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Hello, world!\n", "")


def test_hello_runs_as_a_module_too() -> None:
    done = run_program("-m", "examples.hello")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Hello, world!\n", "")
