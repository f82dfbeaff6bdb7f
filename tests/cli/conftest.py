"""A site-packages folder of our own, with invented commands in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hooks.fake_site import FakeSite

COMMANDS = """
import errno, os, signal
import click
from thespian_core.errors import ActorSystemFailure

@click.command()
def fails():
    raise ActorSystemFailure("the system is down\\n  start it")

class OutOfPaper(ActorSystemFailure):
    exit_status = 9

@click.command()
def prints():
    raise OutOfPaper("there is no paper")

@click.command()
def lacks():
    open("/not/there")

@click.command()
def has_a_bug():
    {}["key"]

class Panic(BaseException):
    "As modules in Rust raise it."

@click.command()
def panics():
    raise Panic("gone")

class Refused(ActorSystemFailure):
    exit_status = None

@click.command()
def refuses():
    raise Refused("not so")

@click.command()
async def waits():
    click.echo("never printed")

@click.command()
def names_files():
    click.echo(os.fsdecode(b"caf\\xe9") + " \u2603")
    click.echo("and more")

@click.command()
def unwhole():
    import not_there

@click.command()
def interrupted():
    os.kill(os.getpid(), signal.SIGINT)

@click.command()
@click.confirmation_option(prompt="sure?")
def asks():
    pass

@click.command()
def counts():
    "Count things."
    return 7

@click.command()
@click.pass_context
def exits(ctx):
    ctx.exit(3)

number = 5
"""

PLUGIN = """
from thespian_core import CommandSpec, hookimpl
@hookimpl
def thespian_commands():
    for name in (
        *("fails", "prints", "lacks", "has_a_bug", "panics", "interrupted", "refuses"),
        *("unwhole", "asks", "counts", "exits", "number", "absent", "names_files", "waits"),
    ):
        yield CommandSpec(name=name.replace("_", "-"), opens=f"commands_code:{name}")
    yield CommandSpec(name="unimportable", opens="not_there:command")
"""


@pytest.fixture
def site(tmp_path: Path) -> FakeSite:
    """Only the core is installed."""
    folder = tmp_path / "site"
    folder.mkdir()
    return FakeSite(folder)


@pytest.fixture
def busy_site(site: FakeSite) -> FakeSite:
    """A plugin with commands of all kinds is installed."""
    site.module("commands_code", COMMANDS)
    site.plugin("commands", PLUGIN)
    return site
