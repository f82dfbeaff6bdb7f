"""Entry points are read as importlib.metadata reads them, mostly without it, however odd the files are."""

from __future__ import annotations

import email.message  # noqa: F401  # which the library imports late, when ``sys.path`` leads nowhere else any more
import sys
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from tests.hooks.fake_site import FakeSite
from thespian_core.hooks.entrypoints import distributions

USUAL = b"Metadata-Version: 2.4\nName: some-thing\nVersion: 1.2\nSummary: what it is\n\nMore\n"
POINTS = b"[console_scripts]\nrun = some:main\n\n[thespian]\none = some.plugin\ntwo=other.plugin [extra]\n"


def read_by_us() -> list[object]:
    """Return what each distribution gives: its entries, or the error that stands for them."""
    found: list[object] = []
    for where, read in distributions("thespian"):
        try:
            if entries := read():
                found.append([tuple(entry) for entry in entries])
        except Exception as why:
            found.append((str(where), repr(why)))
    return found


def read_by_the_library() -> list[object]:
    """Return the same as importlib.metadata has it."""
    found: list[object] = []
    for one in metadata.distributions():
        try:
            points = [point for point in one.entry_points if point.group == "thespian"]
            if points:
                release = (str(one.metadata["Name"]), str(one.version))
                found.append([(point.name, point.value, *release) for point in points])
        except Exception as why:
            found.append((str(getattr(one, "_path", "")), repr(why)))
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only entry of ``sys.path``."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    return tmp_path


def write(info: Path, points: bytes, about: bytes, about_name: str = "METADATA") -> None:
    """Write a distribution's files."""
    info.mkdir(parents=True)
    (info / "entry_points.txt").write_bytes(points)
    (info / about_name).write_bytes(about)


@pytest.mark.parametrize(
    "points",
    [
        pytest.param(POINTS, id="usual"),
        pytest.param(POINTS.replace(b"\n", b"\r\n"), id="ends of lines as on Windows"),
        pytest.param(b"", id="empty"),
        pytest.param(b"[other]\na = b\n", id="another group"),
        pytest.param(b"[thespian]\n", id="an empty group"),
        pytest.param(b"one = first\n[thespian]\none = some\n", id="a line before any group"),
        pytest.param(b"  [thespian]\n  # a = b\n\tone = some = thing\n", id="indented, a comment, two ="),
        pytest.param(b"[thespian]\none = some\n[thespian]\none = again\n", id="twice"),
        pytest.param(b"[[thespian]]\none = some\n", id="two brackets"),
        pytest.param(b"[thespian]\none\n", id="no value"),
        pytest.param(b"[other]\nnonsense\n[thespian]\none = some\n", id="no value in another group"),
        pytest.param("[thespian]\none = sömé\n".encode(), id="other letters"),
        pytest.param("[thespian]\none = a\u2028two = b\n".encode(), id="a rare end of line"),
        pytest.param(b"[thespian]\none = \xff\n", id="not UTF-8"),
        pytest.param(b"\xef\xbb\xbf[thespian]\none = some\n", id="a byte order mark"),
    ],
)
def test_the_file_of_entry_points_says_the_same_to_both(folder: Path, points: bytes) -> None:
    write(folder / "some_thing-1.2.dist-info", points, USUAL)
    assert read_by_us() == read_by_the_library()


@pytest.mark.parametrize(
    "about",
    [
        pytest.param(USUAL, id="usual"),
        pytest.param(USUAL.replace(b"\n", b"\r\n"), id="ends of lines as on Windows"),
        pytest.param(USUAL.replace(b"Name", b"NAME").replace(b"Version: 1", b"version: 1"), id="case"),
        pytest.param(USUAL.replace(b"some-thing", b"  some-thing  "), id="blanks around"),
        pytest.param(USUAL.replace(b"some-thing", b"some\n thing"), id="a folded line"),
        pytest.param(USUAL.replace(b"1.2\n", b"1.2\n\t.3\n"), id="a folded last line"),
        pytest.param(USUAL.replace(b"Version: 1.2\n", b""), id="no version"),
        pytest.param(USUAL.replace(b"Name: some-thing\n", b""), id="no name"),
        pytest.param(USUAL.replace(b"Name: some", b"Name: first\nName: some"), id="two names"),
        pytest.param(USUAL.replace(b"Name:", b"Nonsense\nName:"), id="a line that is none"),
        pytest.param(USUAL.replace(b"Name:", b"\nName:"), id="an end too early"),
        pytest.param(USUAL.replace(b"some-thing", "sömé".encode()), id="other letters"),
        pytest.param(USUAL.replace(b"Name: ", b"Name:"), id="no blank"),
        pytest.param(b"License: a\n b\n" * 20 + USUAL, id="much before"),
        pytest.param(USUAL + b"\xff", id="not UTF-8 at the end"),
        pytest.param(b"", id="empty"),
    ],
)
@pytest.mark.filterwarnings("ignore:Implicit None on return values is deprecated:DeprecationWarning")
def test_the_release_is_the_same_to_both(folder: Path, about: bytes) -> None:
    write(folder / "some_thing-1.2.dist-info", POINTS, about)
    assert read_by_us() == read_by_the_library()


def egg_info(folder: Path) -> None:
    """Put a folder there as ``setup.py develop`` makes it."""
    write(folder / "some_thing.egg-info", POINTS, USUAL, "PKG-INFO")


def egg_info_file(folder: Path) -> None:
    """Put a file there as distutils made it."""
    (folder / "some_thing-1.2.egg-info").write_bytes(USUAL)


def points_that_are_a_folder(folder: Path) -> None:
    """Put a folder in the place of the file."""
    (folder / "some_thing-1.2.dist-info" / "entry_points.txt").mkdir(parents=True)


def egg_folder(folder: Path) -> None:
    """Put an unpacked egg on the path."""
    write(folder / "some_thing-1.2-py3.egg" / "EGG-INFO", POINTS, USUAL, "PKG-INFO")
    sys.path.append(str(folder / "some_thing-1.2-py3.egg"))


def capitals_and_what_is_not_there(folder: Path) -> None:
    """Name the folder in capitals, and put on the path what is no folder of this world."""
    write(folder / "some_thing-1.2.DIST-INFO", POINTS, USUAL)
    sys.path[:0] = [str(folder / "not there"), str(folder / "plain")]
    (folder / "plain").write_text("no archive")


@pytest.mark.parametrize(
    "put",
    [
        egg_info,
        egg_info_file,
        points_that_are_a_folder,
        egg_folder,
        capitals_and_what_is_not_there,
    ],
)
def test_what_is_no_plain_folder_is_read_too(folder: Path, put: object) -> None:
    assert callable(put)
    put(folder)
    assert read_by_us() == read_by_the_library()


def test_an_archive_is_read_too(site: FakeSite, tmp_path: Path) -> None:
    wheel = tmp_path / "some.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("some_thing-1.2.dist-info/entry_points.txt", "[thespian]\none = some_plugin\n")
        file.writestr("some_thing-1.2.dist-info/METADATA", USUAL)
        file.writestr("some_plugin.py", "")
    answer, _ = site.ask("answer = [str(o) for o in registry.selection().used]", also_on_path=wheel)
    assert answer == ["core (thespian-core 0.1.0)", "one (some-thing 1.2)"]


def test_the_working_folder_is_read_where_the_path_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "some_thing-1.2.dist-info", POINTS, USUAL)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [""])
    assert read_by_us() == read_by_the_library() != []


class OwnFinder(metadata.DistributionFinder):
    """Finds one distribution that is in no folder of the path."""

    def __init__(self, info: Path) -> None:
        self.info = info

    def find_distributions(self, context: object = None) -> Iterator[metadata.Distribution]:
        """Return it."""
        yield metadata.Distribution.at(self.info)


def test_other_finders_are_asked(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / "some_thing-1.2.dist-info", POINTS, USUAL)
    elsewhere = tmp_path / "elsewhere" / "other-1.dist-info"
    write(elsewhere, POINTS, USUAL.replace(b"some-thing", b"other"))
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, OwnFinder(elsewhere)])
    assert read_by_us() == read_by_the_library()
    assert len(read_by_us()) == 2


def test_what_is_as_usual_is_read_without_the_library(site: FakeSite) -> None:
    site.plugin("good", "")
    code = "answer = [[str(o) for o in registry.selection().used], 'importlib.metadata' in sys.modules]"
    (used, library_was_needed), _ = site.ask(code)
    assert used == ["core (thespian-core 0.1.0)", "good (dist-good 1.0)"]
    assert not library_was_needed
