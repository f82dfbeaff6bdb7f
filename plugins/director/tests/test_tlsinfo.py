"""tlsinfo: verifies a package, lists what is in it, and shows a file of it."""

from __future__ import annotations

from plugins.director.tests.conftest import Project
from thespian_core.sources.reading import source_hash


def test_a_package_is_verified_listed_and_shown(project: Project) -> None:
    project.make("foo/*.py")
    package, key = project.operator.folder / "foo.tls", project.operator.folder / "k_tls.key"
    run = project.operator.run
    assert run("tlsinfo", package) == f'Validated "{package}" loadable with key {key}\n'
    assert run("tlsinfo", package, "contents") == "      0  foo/__init__.py\n     17  foo/act.py\n"
    assert run("tlsinfo", package, "foo/act.py") == "class Main: pass\n"
    found = project.operator.json("tlsinfo", "foo.tls")
    assert found["hash"] == source_hash(package.read_bytes())
    assert (found["form"], found["algorithm"], found["key"]) == ("ThespianPackage-1", "ed25519", str(key))
    assert found["contents"][1] == {"name": "foo/act.py", "size": 17}


def test_what_tlsinfo_cannot_do_has_a_status_of_its_own(project: Project) -> None:
    project.make("foo/*.py")
    fails = project.operator.fails
    assert fails("tlsinfo", "no.tls", status=4) == 'The tls file "no.tls" does not exist'
    said = fails("tlsinfo", "foo.tls", "foo/acts.py", status=6)
    assert 'has no file "foo/acts.py"' in said
    assert "did you mean foo/act.py?" in said
    package = project.operator.folder / "foo.tls"
    package.write_bytes(package.read_bytes()[:-1])
    assert fails("tlsinfo", "foo.tls", status=7).startswith(f'Could not validate signature on "{package}"')
    assert "cannot be read" in fails("tlsinfo", project.root, status=4)
