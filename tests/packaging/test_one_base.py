"""Whoever installs one base gets that base and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.environments import new_environment

pytestmark = pytest.mark.slow

# What pip brings with each base; a new base is one more line.
BROUGHT = {
    "thespian-simple": {"thespian-core", "thespian-simple"},
    "thespian-tcp": {"thespian-core", "thespian-multiproc", "thespian-tcp"},
    "thespian-udp": {"thespian-core", "thespian-multiproc", "thespian-udp"},
    "thespian-queue": {"thespian-core", "thespian-multiproc", "thespian-queue"},
}
WITHOUT_BASE = {"thespian-core", "thespian-multiproc", "thespian-operator", "thespian-director"}


@pytest.mark.parametrize("base", BROUGHT)
def test_one_base_brings_no_other(base: str, wheels: Path, tmp_path: Path) -> None:
    environment = new_environment(tmp_path)
    environment.install("--find-links", wheels, base)
    assert environment.distributions() == BROUGHT[base]
    listed = [line for line in environment.command("plugins").splitlines() if " system base " in line]
    assert [line.split()[1] for line in listed] == [base], "thespian plugins lists what is there"


def test_every_base_of_ours_is_on_the_list(wheels: Path) -> None:
    built = {wheel.name.split("-")[0].replace("_", "-") for wheel in wheels.glob("*.whl")}
    assert built - WITHOUT_BASE == set(BROUGHT)
