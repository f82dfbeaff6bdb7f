"""Every hook is documented in the one form, its example works, and it has a test of its own."""

from __future__ import annotations

import inspect
import logging
import re
import sys
from textwrap import dedent
from typing import Any

import pytest

from tests.hooks.conftest import RegistryOf
from thespian_core.hooks import specs
from thespian_core.hooks.loading import HOOKS
from thespian_core.hooks.records import KINDS, CodecSpec, Spec, SystemBaseSpec
from thespian_core.hooks.registry import PluginRegistry

SECTION = re.compile(r"^([A-Z][A-Za-z ]+):$", re.MULTILINE)


def declared_hooks() -> dict[str, Any]:
    """Return the functions that are hookspecs, by name."""
    return {name: found for name, found in vars(specs).items() if hasattr(found, "thespian_spec")}


def document(hook: str) -> str:
    """Return a hook's documentation."""
    return inspect.getdoc(declared_hooks()[hook]) or ""


def example(hook: str) -> str:
    """Return the plugin module in a hook's documentation."""
    _, _, rest = document(hook).partition("    A plugin module::\n")
    return dedent(re.split(r"^(?=[A-Z])", rest, maxsplit=1, flags=re.MULTILINE)[0])


def from_example(registry_of: RegistryOf, hook: str) -> PluginRegistry:
    """Make a registry whose one plugin is the example in a hook's documentation."""
    registry = registry_of(example=example(hook))
    (report,) = registry.plugins()
    assert report.state == "ok", report.why
    return registry


def only(registry: PluginRegistry, kind: type[Spec]) -> Spec:
    """Return the only record of a kind."""
    (record,) = registry.find_all(kind)
    assert registry.find(kind, record.name) == record
    return record


def test_no_hook_lacks_a_test() -> None:
    tests = [name for name in globals() if name.startswith("test_thespian_")]
    missing = [hook for hook in HOOKS if not any(name.startswith(f"test_{hook}") for name in tests)]
    assert missing == []


def test_the_hooks_that_are_declared_are_those_that_are_called() -> None:
    assert sorted(declared_hooks()) == sorted(HOOKS)
    assert len(HOOKS) == 10


@pytest.mark.parametrize("hook", HOOKS)
def test_the_documentation_has_every_section_in_the_one_order(hook: str) -> None:
    has_arguments = bool(inspect.signature(declared_hooks()[hook]).parameters)
    wanted = ["Example", *(["Args"] if has_arguments else []), "Returns", "Called in", "If it raises"]
    assert SECTION.findall(document(hook)) == wanted
    first, empty, *_ = document(hook).splitlines()
    assert first.endswith(".")
    assert empty == ""


@pytest.mark.parametrize("hook", HOOKS)
def test_the_example_is_a_whole_plugin_that_has_the_hook(hook: str, registry_of: RegistryOf) -> None:
    from_example(registry_of, hook)
    assert f"def {hook}" in example(hook)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_record_has_its_hook(kind: type[Spec]) -> None:
    returns = inspect.signature(declared_hooks()[kind.hook]).return_annotation
    assert returns == f"Iterable[{kind.__name__}]"


def test_thespian_system_bases_offers_a_base(registry_of: RegistryOf) -> None:
    record = only(from_example(registry_of, "thespian_system_bases"), SystemBaseSpec)
    assert isinstance(record, SystemBaseSpec)
    assert (record.name, record.transport) == ("pigeonBase", "pigeon")


def test_thespian_transports_offers_a_transport_by_scheme(registry_of: RegistryOf) -> None:
    assert only(from_example(registry_of, "thespian_transports"), KINDS[1]).name == "pigeon"


def test_thespian_codecs_offers_a_codec(registry_of: RegistryOf) -> None:
    record = only(from_example(registry_of, "thespian_codecs"), CodecSpec)
    assert isinstance(record, CodecSpec)
    assert (record.name, record.tag, record.trust) == ("json", 16, False)


def test_thespian_source_authorities_offers_an_authority(registry_of: RegistryOf) -> None:
    assert only(from_example(registry_of, "thespian_source_authorities"), KINDS[3]).name == "notary"


def test_thespian_log_filters_offers_a_filter(registry_of: RegistryOf) -> None:
    assert only(from_example(registry_of, "thespian_log_filters"), KINDS[4]).name == "no-secrets"


def test_thespian_commands_offers_a_command(registry_of: RegistryOf) -> None:
    assert only(from_example(registry_of, "thespian_commands"), KINDS[5]).name == "feed"


def test_thespian_director_commands_offers_a_command(registry_of: RegistryOf) -> None:
    assert only(from_example(registry_of, "thespian_director_commands"), KINDS[6]).name == "audit"


def test_thespian_capabilities_are_merged(registry_of: RegistryOf) -> None:
    found = from_example(registry_of, "thespian_capabilities").capabilities("pigeonBase")
    assert list(found) == ["Has Render Node"]


@pytest.mark.parametrize("word", ["started", "stopped"])
def test_thespian_system_started_and_stopped_examples_log(
    registry_of: RegistryOf, caplog: pytest.LogCaptureFixture, word: str
) -> None:
    registry = from_example(registry_of, f"thespian_system_{word}")
    with caplog.at_level(logging.INFO, "my_watch"):
        registry.notify("thespian_system_started", system="S")
        registry.notify("thespian_system_stopped", system="S")
    assert caplog.messages == [f"{word}: S"]


def test_thespian_system_stopped_is_given_the_system(registry_of: RegistryOf) -> None:
    text = "from thespian_core import hookimpl\nseen = []\n"
    text += "@hookimpl(specname='thespian_system_stopped')\ndef note(system):\n    seen.append(system)\n"
    registry = registry_of(one=text)
    system = object()
    registry.notify("thespian_system_stopped", system=system)
    (origin,) = registry.selection().used
    assert sys.modules[origin.module].seen == [system]
