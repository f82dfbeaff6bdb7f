"""gensrc: what gets into a package, what is refused, and that nothing half-written stays."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from plugins.director.tests.conftest import Project
from plugins.director.tests.packagekit import a_key, needs_modes
from thespian.director import DirectorControl

TLI = "{'Actors': {'foo.act.Main': {'OnLoad': {'Role': 'main'}}}}"


def test_patterns_and_names_choose_what_is_packed(project: Project) -> None:
    project.write("foo.tli", TLI)
    assert project.make("version:1", "foo/**") == f"Wrote {project.operator.folder}/foo-1.tls\n"
    assert project.members("foo-1.tls") == [
        "foo/__init__.py", "foo/act.py", "foo/data.json", "foo/deep/er/x.py",
    ]  # fmt: skip
    project.make("version:2", "foo/*.py", project.root / "other.py", "./foo/deep/../data.json")
    assert project.members("foo-2.tls") == ["foo/__init__.py", "foo/act.py", "foo/data.json", "other.py"]
    assert (project.operator.folder / "foo.tli").read_text() == TLI


def test_the_same_sources_make_the_same_package(project: Project) -> None:
    project.make("version:1", "foo/**")
    os.utime(project.root / "foo/act.py", (0, 0))
    project.make("version:2", "foo/*.py", "foo/data.json", "foo/deep/er/x.py")
    first, second = ((project.operator.folder / f"foo-{n}.tls").read_bytes() for n in (1, 2))
    assert first == second


def test_the_version_is_what_was_said_the_time_or_nothing(project: Project) -> None:
    assert "foo-1.0rc1.tls" in project.make("version:1.0rc1", "other.py")
    assert re.search(r"foo-20\d{10}\.tls\n", project.make("version:date", "other.py"))
    assert "/foo.tls\n" in project.make("other.py")
    assert "is no version" in project.fails("version:../1", "other.py")


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ((), "Missing argument"),
        (("version:1",), "there is no source to pack"),
    ],
)
def test_missing_arguments_have_a_status_of_their_own(
    project: Project, inputs: tuple[str, ...], why: str
) -> None:
    assert why in project.fails(*inputs, status=3)
    assert DirectorControl().cmd_gensrc("foo") == 3


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        (("no/*.py",), "no/*.py names no file in"),
        (("foo",), "foo names no file in"),
        (("../k.pem",), "is not below the folder of sources"),
        (("/etc/hostname",), "is not below the folder of sources"),
        (("other.py", "version:"), "version: says nothing"),
        (("other.py", "version:1", "version:2"), "version: is there twice"),
        (("other.py", "fmt:ViceroyFMT2"), "there is one form of packages that is written"),
        (("other.py", "deps:no.txt"), "there is no file no.txt, neither in"),
        (("other.py", "tli:no.tli"), "there is no file no.tli, neither in"),
        (("foo/data.json",), "it holds no Python module"),
    ],
)
def test_what_cannot_be_packed_is_told_in_a_sentence(
    project: Project, inputs: tuple[str, ...], why: str
) -> None:
    assert why in project.fails(*inputs)


@pytest.mark.parametrize("group", ["../foo", "a/b", "", "-x", ".foo", "foo bar", "f" * 200])
def test_a_group_whose_name_could_lead_elsewhere_is_refused(project: Project, group: str) -> None:
    said = project.operator.run(*project.words("other.py", group=group), status=2 if group == "-x" else 1)
    assert "is no name of a group" in said or "No such option" in said
    assert sorted(os.listdir(project.operator.folder)) == ["k_tls.key"]


def test_code_that_does_not_compile_is_told_with_every_file_and_line(project: Project) -> None:
    project.write("foo/bad.py", "x = 1\ndef f(:\n")
    project.write("foo/worse.py", b"x = '\xff'")
    project.write("foo/null.py", b"\0")
    said = project.fails("foo/*.py")
    assert said.startswith("not everything compiles, so nothing was written")
    assert f"{project.root}/foo/bad.py, line 2: " in said
    for name in ("worse", "null"):
        assert f"{project.root}/foo/{name}.py" in said


def test_no_code_is_run(project: Project) -> None:
    project.write("foo/loud.py", "raise SystemExit('was run')\n")
    project.make("foo/*.py")
    assert "foo/loud.py" in project.members("foo.tls")


def test_a_private_key_never_gets_into_a_package(project: Project) -> None:
    project.write("foo/secret.txt", a_key().private_pem())
    assert "secret.txt is a private key" in project.fails("foo/*")
    (project.root / "foo/secret.txt").unlink()
    project.write("foo/hidden.py", f"KEY = {a_key().private_pem()!r}\n")
    assert "hidden.py is a private key" in project.fails("foo/*")


def test_code_that_knows_how_private_keys_begin_is_packed(project: Project) -> None:
    marks = [f"-----{word} OPENSSH PRIVATE KEY-----" for word in ("BEGIN", "END")]
    project.write("foo/ssh.py", f"START, END = {marks}\n\ndef is_key(text):\n    return START in text\n")
    project.make("foo/*.py")
    assert "foo/ssh.py" in project.members("foo.tls")


@needs_modes
def test_sources_that_others_can_write_are_refused(project: Project) -> None:
    (project.root / "foo/act.py").chmod(0o666)
    said = project.fails("foo/*.py")
    assert f"the source {project.root}/foo/act.py can be written by everybody (mode 0666)" in said
    assert f"chmod o-w {project.root}/foo/act.py" in said


@pytest.mark.parametrize("name", [b"b\xff.py", b"b\n.py"])
def test_a_file_whose_name_is_no_printable_text_is_told(project: Project, name: bytes) -> None:
    try:
        Path(project.root, os.fsdecode(name)).write_text("")
    except OSError:
        pytest.skip("this file system has no such names")
    assert f"the file {os.fsdecode(name)!r} cannot be packed" in project.fails("*.py")


@needs_modes
def test_a_pipe_among_the_sources_holds_nobody_up(project: Project) -> None:
    os.mkfifo(project.root / "foo/pipe.py")
    assert "pipe.py is no ordinary file" in project.fails("foo/*.py")


def test_links_that_lead_in_circles_are_told_and_not_followed_for_ever(project: Project) -> None:
    deep = project.root / "deep"
    deep.mkdir()
    for name in ("latest", "stable"):  # with two there are 2**40 ways round before a name is too long
        (deep / name).symlink_to("../deep", target_is_directory=True)
    for pattern in ("**/*.py", "deep/**", f"{deep}/**/*.py"):
        assert re.search("deep/(latest|stable) leads back to a folder that it is in", project.fails(pattern))
    project.make("foo/**/*.py")
    (project.root / "again").symlink_to("foo", target_is_directory=True)
    project.make("again/**/*.py")


def test_libraries_in_c_are_left_out_and_that_is_said(project: Project) -> None:
    project.write("foo/fast.so")
    said = project.make("foo/*")
    assert "left out: foo/fast.so, a library in C" in said
    assert "foo/fast.so" not in project.members("foo.tls")


def test_a_tli_file_must_fit_the_package(project: Project) -> None:
    tli = project.write("elsewhere.tli", "{'Actors': {\n'foo.act.Absent': {}}}")
    said = project.fails("foo/*.py", f"tli:{tli}")
    assert f"{tli}, line 2: the module foo.act of the package has no Absent" in said
    tli.write_text("{'Actors': {'bar.act.Main': {}}}")
    assert "the package has no module bar.act" in project.fails("foo/*.py", f"tli:{tli}")
    tli.write_text("{'Actors': {'foo.act.Main': {'OnLoad': {'Message': f()}}}}")
    assert f"{tli}, line 1: a call is not allowed" in project.fails("foo/*.py", f"tli:{tli}")
    tli.write_text(TLI)
    project.make("foo/*.py", f"tli:{tli}")
    assert (project.operator.folder / "foo.tli").read_text() == TLI


@pytest.mark.parametrize("code", [b"class Absent(:\n", b"\0"])
def test_a_dependency_that_does_not_compile_has_no_class_for_a_tli_file(
    project: Project, code: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = project.root.parent / "site"
    site.mkdir()
    (site / "strange_thing.py").write_bytes(code)
    monkeypatch.syspath_prepend(str(site))
    deps = project.write("deps.txt", "strange_thing\n")
    tli = project.write("elsewhere.tli", "{'Actors': {\n'strange_thing.Absent': {}}}")
    said = project.fails("other.py", f"deps:{deps}", f"tli:{tli}")
    assert f"{tli}, line 2: the module strange_thing of the package has no Absent" in said


@pytest.mark.parametrize(
    "code",
    [
        "from somewhere import Main", "from somewhere import X as Main", "from somewhere import *",
        "Main = type('Main', (), {})", "if 1:\n  class Main: pass", "def __getattr__(name): pass",
    ],
)  # fmt: skip
def test_a_class_may_get_its_name_in_any_way(project: Project, code: str) -> None:
    project.write("foo/act.py", code)
    project.write("foo.tli", TLI)
    project.make("foo/*.py")


def test_files_are_looked_for_below_the_sources_and_then_in_the_current_folder(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Path("mine.tli").write_text("{'AutoUnload': 1}")
    Path("deps.txt").write_text("mdurl")
    project.make("other.py", "tli:mine.tli", "deps:deps.txt")
    assert (project.operator.folder / "foo.tli").read_text() == "{'AutoUnload': 1}"
    assert "mdurl/__init__.py" in project.members("foo.tls")
    project.write("mine.tli", "{'AutoUnload': 2}")
    project.write("deps.txt", "# nothing")
    project.make("other.py", "tli:mine.tli", "deps:deps.txt")
    assert (project.operator.folder / "foo.tli").read_text() == "{'AutoUnload': 2}"
    assert project.members("foo.tls") == ["other.py"]


def test_without_a_tli_file_it_is_said_that_one_is_needed(project: Project) -> None:
    assert "foo.tli: it is needed to load the package" in project.make("foo/*.py")


def test_old_packages_are_removed_beyond_the_limit_and_never_the_new_one(project: Project) -> None:
    for version in (1, 2, 10, 9):
        project.make(f"version:{version}", "other.py")
    project.make("version:1", "other.py", group="foobar")
    project.write("foo.tli", "{'TLS_Keep_Limit': 2}")
    said = project.make("version:0", "other.py")
    removed = [Path(line.split()[1]).name for line in said.splitlines() if line.startswith("Removed")]
    assert removed == ["foo-1.tls", "foo-2.tls", "foo-9.tls"]
    left = [name for name in os.listdir(project.operator.folder) if name.endswith(".tls")]
    assert sorted(left) == ["foo-0.tls", "foo-10.tls", "foobar-1.tls"]
    # The installed TLI file counts when the sources have none.
    (project.root / "foo.tli").unlink()
    assert "Removed" in project.make("version:11", "other.py")


def test_in_verbose_mode_the_steps_are_told(project: Project) -> None:
    said = project.operator.run("verbose", *project.words("foo/*.py"))
    assert re.search(r"^packed 2 files into \d+ bytes$", said, re.MULTILINE)
    assert "\x1b" not in said, "plain, when there is no terminal"


DISK_FULL = """
import resource, signal, sys
from thespian_director.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))
sys.exit(main(sys.argv[1:]))
"""


@needs_modes
def test_when_there_is_no_room_the_old_package_stays_and_nothing_half_written(project: Project) -> None:
    project.make("version:1", "other.py")
    folder = project.operator.folder
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    project.write("foo.tli", TLI)  # small enough to be written, but not without the package
    words = map(str, project.words("version:1", "foo/**"))
    ran = subprocess.run(
        [sys.executable, "-c", DISK_FULL, *words],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"Error: {folder}/foo-1.tls cannot be written: File too large\n")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@needs_modes
def test_a_folder_that_cannot_be_written_is_told(project: Project, tmp_path: Path) -> None:
    (project.operator.folder / "foo.tls").mkdir()
    assert "foo.tls cannot be written: Is a directory" in project.fails("other.py")
