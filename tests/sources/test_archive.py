"""A source's archive is checked before anything in it is unpacked, and each fault has its one sentence."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.zips import zip_of, zip_with, zip_with_link
from thespian_core.sources import limits
from thespian_core.sources.archive import Archive, BadArchive, problem_with

GOOD = zip_of({"app/__init__.py": "", "app/actors.py": "x = 1\n", "lone.py": "", "app/data.txt": "data"})


def test_a_good_archive_tells_its_modules_and_packages() -> None:
    archive = Archive(GOOD)
    assert archive.modules == {"app": "app/__init__.py", "app.actors": "app/actors.py", "lone": "lone.py"}
    assert archive.packages == {"app"}
    assert archive.read("app/data.txt") == b"data"
    assert problem_with(GOOD) is None


def test_a_folder_with_modules_is_a_package_without_an_init() -> None:
    archive = Archive(zip_of({"space/deep/tool.py": "", "docs/readme.txt": "", "not-a-name/x.py": ""}))
    assert archive.modules == {"space": None, "space.deep": None, "space.deep.tool": "space/deep/tool.py"}
    assert archive.packages == {"space", "space.deep"}


@pytest.mark.parametrize("order", [("app.py", "app/__init__.py"), ("app/__init__.py", "app.py")])
def test_a_package_hides_the_module_of_its_name(order: tuple[str, str]) -> None:
    assert Archive(zip_of(dict.fromkeys(order, ""))).modules == {"app": "app/__init__.py"}


def test_a_file_that_is_not_there_is_no_damage() -> None:
    with pytest.raises(FileNotFoundError):
        Archive(GOOD).read("app/nothing.txt")


def duplicate() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of what is wanted here
        archive.writestr("app.py", "good = True")
        archive.writestr("app.py", "good = False")
    return data.getvalue()


def bomb() -> bytes:
    return zip_of({"app.py": "", "bomb.txt": b"\0" * (2 * limits.RATIO_MATTERS_FROM_BYTES)})


def claiming(member_bytes: int) -> bytes:
    """Return an archive whose table says that a member has so many bytes."""
    data = bytearray(zip_of({"app.py": "x = 1\n"}, packed=False))
    at = data.find(b"PK\1\2")
    data[at + 24 : at + 28] = struct.pack("<L", member_bytes)
    return bytes(data)


def overlapping() -> bytes:
    """Return an archive in which many entries of the table share one member, as the densest bombs do."""
    kernel = b"x" * 5000
    data = bytearray(zip_of({"app.py": kernel}, packed=False))
    at, end = data.find(b"PK\1\2"), data.find(b"PK\5\6")
    entry = bytes(data[at:end])
    table = b"".join(entry.replace(b"app.py", b"ap%02d.y" % n) for n in range(50))
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 50, 50, len(table), at, 0)
    return bytes(data[:at]) + table + tail


def encrypted() -> bytes:
    data = bytearray(zip_of({"app.py": ""}))
    data[data.find(b"PK\1\2") + 8] |= 1
    return bytes(data)


def many_members() -> bytes:
    return zip_of({f"m{number}.py": "" for number in range(limits.MAX_MEMBERS + 1)}, packed=False)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: b"", "it is no zip file"),
        (lambda: b"rubbish" * 100, "it is no zip file"),
        (lambda: b"PK\5\6", "its end is missing"),
        (lambda: GOOD[: len(GOOD) // 2], "its end is missing"),
        (lambda: GOOD[:-1], "it is no zip file, or its end is missing"),
        (lambda: GOOD[20:], "it does not end where it says, or begins elsewhere"),
        (lambda: GOOD + b"more", "it does not end where it says"),
        (lambda: b"x" * (limits.MAX_SOURCE_BYTES + 1), "a source has at most 67,108,864"),
        (many_members, "it has 10,001 members"),
        (lambda: claiming(limits.MAX_MEMBER_BYTES + 1), "unpacks to 67,108,865 bytes"),
        (lambda: claiming(5 << 20), "more than 200 times its size"),
        (bomb, "more than 200 times its size"),
        (overlapping, "they overlap"),
        (duplicate, "two members of the name 'app.py'"),
        (encrypted, "is encrypted"),
        (zip_with_link, "'link.py' is a symbolic link"),
        (lambda: zip_with("pipe", stat.S_IFIFO), "is neither file nor folder"),
        (lambda: zip_with("/etc/passwd"), "is an absolute path"),
        (lambda: zip_with("C:/boot.ini"), "is an absolute path"),
        (lambda: zip_with("../up.py"), "leads out of the archive"),
        (lambda: zip_with("a/../../up.py"), "leads out of the archive"),
        (lambda: zip_with("a//b.py"), "leads out of the archive, or nowhere"),
        (lambda: zip_with("a\\..\\b.py"), "holds a character"),
        (lambda: zip_with("a\n.py"), "holds a character"),
        (lambda: zip_with("a\0.py"), "holds a character"),
        (lambda: zip_with("/".join("a" * 60)), "too long, or too deep"),
        (lambda: zip_with("app.py/inside.py"), "'app.py' is both a file and a folder"),
        (lambda: zip_of({"inner.zip": GOOD}), "another archive, 'inner.zip'"),
        (lambda: zip_of({"readme.txt": "", "x-y.py": ""}), "no Python module"),
        (lambda: zip_of({}), "no Python module"),
    ],
)
def test_each_fault_has_its_sentence(make: Callable[[], bytes], said: str) -> None:
    problem = problem_with(make())
    assert problem is not None
    assert said in problem
    assert "\n" not in problem


def test_lzma_is_not_unpacked_since_its_memory_has_no_bound() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("app.py", "x = 1\n" * 100)
    assert "neither stored nor deflated" in str(problem_with(data.getvalue()))


def test_an_archive_of_the_64_bit_kind_is_refused_by_its_end() -> None:
    locator = b"PK\6\7" + bytes(16)
    at = GOOD.rfind(b"PK\5\6")
    assert "64-bit" in str(problem_with(GOOD[:at] + locator + GOOD[at:]))


def test_a_member_that_is_not_what_the_table_says_is_damaged() -> None:
    data = bytearray(zip_of({"app.py": "x = 1\n"}, packed=False))
    data[data.find(b"x = 1")] = ord("y")
    archive = Archive(bytes(data))
    with pytest.raises(BadArchive, match="'app.py' is damaged: Bad CRC-32"):
        archive.read("app.py")


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_no_changed_byte_causes_more_than_a_sentence(at: int, value: int) -> None:
    data = bytearray(GOOD)
    data[at] = value
    with suppress(BadArchive):
        archive = Archive(bytes(data))
        for name in archive.files:
            archive.read(name)


@given(st.binary(max_size=300))
def test_no_rubbish_causes_more_than_a_sentence(rubbish: bytes) -> None:
    assert problem_with(rubbish + GOOD[GOOD.rfind(b"PK\5\6") :]) is not None


def test_a_member_that_hides_more_than_it_says_is_refused_before_it_is_unpacked() -> None:
    hidden = b"x=1\n" + bytes(10_000_000)
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.py", hidden)
        data = bytearray(file.getvalue())
    said = struct.pack("<I", zlib.crc32(hidden[:4]))
    for header, at in ((b"PK\3\4", 14), (b"PK\1\2", 16)):
        begin = data.index(header) + at
        data[begin : begin + 4] = said
        data[begin + 8 : begin + 12] = struct.pack("<I", 4)
    assert problem_with(bytes(data)) == "its member 'a.py' is packed in more bytes than it can need"
