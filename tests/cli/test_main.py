"""The command ``thespian`` finds its subcommands in plugins, and tells every error in words."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from tests.hooks.fake_site import FakeSite
from thespian_core.cli.main import main, thespian


def test_help_lists_the_commands_of_plugins_with_their_first_line(busy_site: FakeSite) -> None:
    ran = busy_site.command("--help")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Usage: thespian [OPTIONS] COMMAND" in ran.stdout
    assert "  counts        Count things.\n" in ran.stdout
    assert "  plugins       Show every plugin" in ran.stdout


def test_help_lists_what_cannot_be_used_and_why(busy_site: FakeSite) -> None:
    busy_site.plugin("twin", PLUGIN_WITH_COUNTS)
    busy_site.plugin("bad", "import nowhere_at_all")
    ran = busy_site.command("--help", COLUMNS="200")
    assert ran.returncode == 0
    text = " ".join(ran.stdout.split())
    assert "unimportable (broken: cannot open not_there:command for command 'unimportable'" in text
    assert "number (broken: commands_code:number is 5, not a click command)" in text
    assert "absent (broken: cannot open commands_code:absent for command 'absent': there is no" in text
    assert "counts (conflict: provided by commands (dist-commands 1.0) and twin (dist-twin 1.0))" in text
    why = "ModuleNotFoundError: No module named 'nowhere_at_all' (bad_plugin.py:1)"
    assert f"Broken plugins: bad (broken: {why})" in text


PLUGIN_WITH_COUNTS = """
from thespian_core import CommandSpec, hookimpl
@hookimpl
def thespian_commands():
    yield CommandSpec(name="counts", opens="commands_code:counts")
"""


@pytest.mark.parametrize("arguments", [[], ["--help"], ["and", "--more"]])
def test_a_command_that_cannot_be_opened_is_one_clear_message(
    busy_site: FakeSite, arguments: list[str]
) -> None:
    ran = busy_site.command("unimportable", *arguments)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        "Error: plugin commands (dist-commands 1.0) is broken: cannot open not_there:command for command"
        " 'unimportable': ModuleNotFoundError: No module named 'not_there'\n"
        "  mend it, uninstall it, or block it:  THESPIAN_BLOCK_PLUGINS=commands\n"
        "  all plugins:  thespian plugins\n"
    )


def test_a_command_that_two_plugins_provide_is_one_clear_message(busy_site: FakeSite) -> None:
    busy_site.plugin("twin", PLUGIN_WITH_COUNTS)
    ran = busy_site.command("counts")
    assert ran.returncode == 1
    assert ran.stderr.startswith(
        "Error: command 'counts' is provided by commands (dist-commands 1.0) and twin"
    )
    assert busy_site.command("counts", block="twin").returncode == 0


def test_an_unknown_command_is_told_with_what_was_meant_and_what_brings_it(site: FakeSite) -> None:
    ran = site.command("directr", "start")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.endswith(
        "Error: no command named 'directr' is installed\n"
        "  installed: plugins (thespian-core 0.1.0)\n"
        "  did you mean director?\n"
        "  it comes with thespian-director:  pip install thespian-director\n"
        "  all plugins:  thespian plugins\n"
    )


def test_a_missing_command_names_the_plugin_that_could_not_be_loaded(site: FakeSite) -> None:
    site.plugin("director", "import nowhere_at_all", distribution="thespian-director", version="0.1.0")
    ran = site.command("director")
    assert ran.returncode == 2
    assert "\n  could not be loaded: director (thespian-director 0.1.0): ModuleNotFound" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_unknown_option_is_a_usage_error(site: FakeSite) -> None:
    for arguments in (["--nonsense"], ["plugins", "--nonsense"]):
        ran = site.command(*arguments)
        assert ran.returncode == 2
        assert "--nonsense" in ran.stderr


def test_version_is_that_of_the_core(site: FakeSite) -> None:
    ran = site.command("--version")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "thespian-core 0.1.0\n", "")


def test_an_error_of_the_actor_system_is_told_in_its_own_words(busy_site: FakeSite) -> None:
    ran = busy_site.command("fails")
    assert (ran.returncode, ran.stderr) == (1, "Error: the system is down\n  start it\n")


def test_an_error_may_have_an_exit_status_of_its_own(busy_site: FakeSite) -> None:
    ran = busy_site.command("prints")
    assert (ran.returncode, ran.stderr) == (9, "Error: there is no paper\n")


def test_an_exit_status_that_is_none_does_not_pass_an_error_off_as_success(busy_site: FakeSite) -> None:
    ran = busy_site.command("refuses")
    assert (ran.returncode, ran.stderr) == (1, "Error: not so\n")


def test_an_error_of_the_operating_system_names_the_file(busy_site: FakeSite) -> None:
    ran = busy_site.command("lacks")
    assert (ran.returncode, ran.stderr) == (1, "Error: No such file or directory: '/not/there'\n")


def test_a_module_that_is_missing_is_told_with_what_tells_more(busy_site: FakeSite) -> None:
    ran = busy_site.command("unwhole")
    first, _place, advice, _story = ran.stderr.splitlines()
    assert first == "Error: unexpected ModuleNotFoundError: No module named 'not_there'"
    assert advice == "  it is not installed here; what an installation lacks is told by:  pip check"


def test_a_bug_is_told_with_its_place_and_the_traceback_only_when_asked_for(busy_site: FakeSite) -> None:
    ran = busy_site.command("has-a-bug")
    first, place, advice = ran.stderr.splitlines()
    assert ran.returncode == 1
    assert first == "Error: unexpected KeyError: 'key'"
    assert place.startswith("  at commands_code.py:")
    assert place.endswith(" in has_a_bug")
    assert advice == "  the whole story:  thespian --traceback ..."
    ran = busy_site.command("--traceback", "has-a-bug")
    assert ran.returncode == 1
    assert ran.stderr.startswith("Traceback (most recent call last):")


def test_what_is_no_exception_is_told_in_words_too(busy_site: FakeSite) -> None:
    ran = busy_site.command("panics")
    first, place, _advice = ran.stderr.splitlines()
    assert (ran.returncode, first) == (1, "Error: unexpected Panic: gone")
    assert place.endswith(" in panics")


def test_what_a_command_returns_is_no_exit_status_and_what_it_exits_with_is(busy_site: FakeSite) -> None:
    assert busy_site.command("counts").returncode == 0
    assert busy_site.command("exits").returncode == 3


def test_a_command_that_is_async_is_no_success_that_did_nothing(busy_site: FakeSite) -> None:
    ran = busy_site.command("waits")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        "Error: waits is async or yields, so that to call it does nothing\n"
        "  let an ordinary function call asyncio.run(...), or exhaust the generator\n"
    )


def test_control_c_ends_quietly_with_130(busy_site: FakeSite) -> None:
    ran = busy_site.command("interrupted")
    assert (ran.returncode, ran.stdout, ran.stderr.strip()) == (130, "", "")


def test_a_question_that_nobody_answers_is_an_abort_not_an_interrupt(busy_site: FakeSite) -> None:
    ran = busy_site.command("asks")
    assert ran.returncode == 1
    assert ran.stderr.endswith("Aborted!\n")


@pytest.mark.parametrize("arguments", [["plugins"], ["plugins", "--json"], ["--help"]])
def test_a_reader_that_has_gone_is_no_error_to_talk_about(site: FakeSite, arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = subprocess.run(
            [sys.executable, "-S", "-m", "thespian_core.cli", *arguments],
            env={"PYTHONPATH": str(site.folder)},
            cwd=site.folder,
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    assert ran.stderr == b""


@pytest.mark.parametrize(
    ("encoding", "written"),
    [("utf-8", "caf\\udce9 \u2603"), ("latin-1", "caf\\udce9 \\u2603"), ("utf-8:replace", "caf? \u2603")],
)
def test_a_name_that_cannot_be_written_is_escaped(busy_site: FakeSite, encoding: str, written: str) -> None:
    ran = busy_site.command("names-files", PYTHONIOENCODING=encoding)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"{written}\nand more\n", "")


def test_a_program_that_runs_a_command_keeps_its_own_output(busy_site: FakeSite) -> None:
    code = (
        "import sys; from thespian_core.cli.main import main\n"
        "assert main(['names-files']) == 0\nprint(sys.stdout.errors)"
    )
    ran = busy_site.run("-c", code, PYTHONIOENCODING="utf-8")
    assert ran.stdout.splitlines() == ["caf\\udce9 \u2603", "and more", "strict"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="has no device that is full")
@pytest.mark.parametrize("arguments", [["plugins"], ["--help"], ["--version"], ["plugins", "--help"]])
def test_output_that_finds_no_room_is_told_in_words(site: FakeSite, arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [sys.executable, "-S", "-m", "thespian_core.cli", *arguments],
            env={"PYTHONPATH": str(site.folder)},
            cwd=site.folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert (ran.returncode, ran.stderr) == (1, "Error: No space left on device\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="has no device that is full")
@pytest.mark.parametrize(("command", "status"), [("no-such-command", 2), ("prints", 9)])
def test_an_error_that_cannot_be_told_ends_with_its_status(
    busy_site: FakeSite, command: str, status: int
) -> None:
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [sys.executable, "-S", "-m", "thespian_core.cli", command],
            env={"PYTHONPATH": str(busy_site.folder)},
            cwd=busy_site.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=full,
            timeout=60,
            check=False,
        )
    assert ran.returncode == status


def test_a_standard_output_that_was_closed_is_no_error(site: FakeSite) -> None:
    code = "import sys; sys.stdout = None; from thespian_core.cli.main import main; sys.exit(main())"
    ran = site.run("-c", code, "plugins")
    assert (ran.returncode, ran.stderr) == (0, "")


def test_ctrl_c_while_the_command_is_still_imported_is_no_traceback(site: FakeSite) -> None:
    code = (
        "import runpy, signal, sys\n"
        "class Interrupts:\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'click': signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupts())\n"
        "runpy.run_module('thespian_core.cli', run_name='__main__')\n"
    )
    ran = site.run("-c", code, "plugins")
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")


def test_a_command_is_imported_only_when_it_is_used(busy_site: FakeSite) -> None:
    code = (
        "import sys\nfrom thespian_core.cli.main import main\n"
        "assert main(['plugins']) == 0\nassert 'commands_code' not in sys.modules\n"
        "assert main(['counts']) == 0\nassert 'commands_code' in sys.modules\n"
    )
    ran = busy_site.run("-c", code)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_shell_can_complete_the_commands_of_plugins(busy_site: FakeSite) -> None:
    asked = {"_THESPIAN_COMPLETE": "bash_complete", "COMP_WORDS": "thespian co", "COMP_CWORD": "1"}
    ran = busy_site.command(**asked)
    assert ran.stdout == "plain,counts\n"


def test_the_group_works_inside_a_test_runner_too() -> None:
    result = CliRunner().invoke(thespian, ["plugins"])
    assert result.exit_code == 0
    assert "thespian_core" not in result.output
    assert CliRunner().invoke(thespian, ["no-such-command"]).exit_code == 2


def test_main_returns_the_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugins"]) == 0
    assert main(["no-such-command"]) == 2
    assert main(["--help"]) == 0
    assert "no command named 'no-such-command'" in capsys.readouterr().err
