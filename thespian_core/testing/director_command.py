"""The contract of a director command."""

from __future__ import annotations

from typing import ClassVar

import click
import pytest
from click.testing import CliRunner

from thespian_core.hooks.records import DirectorCommandSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.testing.contract import Contract


class DirectorCommandContract(Contract):
    """Inherit this, and name the command.

    Attributes:
        command_name: as its plugin registers it, and as an operator types it.
    """

    command_name: ClassVar[str] = ""

    @pytest.fixture
    def command(self) -> click.Command:
        """The command under test."""
        opened: click.Command = default_registry().open(DirectorCommandSpec, self.command_name)
        return opened

    def test_it_is_a_command_of_the_name_it_is_registered_by(self, command: click.Command) -> None:
        assert isinstance(command, click.Command)
        assert command.name == self.command_name

    def test_its_help_says_what_it_does_and_starts_nothing(self, command: click.Command) -> None:
        result = CliRunner().invoke(command, ["--help"])
        assert result.exit_code == 0
        assert command.help
        assert command.help.split()[0] in result.output

    def test_its_first_line_of_help_fits_a_list_of_commands(self, command: click.Command) -> None:
        assert 0 < len((command.help or "").strip().splitlines()[0]) <= 80

    def test_an_option_it_does_not_know_is_a_usage_error_in_one_sentence(
        self, command: click.Command
    ) -> None:
        result = CliRunner().invoke(command, ["--no-such-option-of-any-command"])
        assert result.exit_code == 2
        assert "no such option" in result.output.lower()
        assert "Traceback" not in result.output
