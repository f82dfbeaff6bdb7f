"""Hook functions that are misspelt, unmarked, or take what they are not given: each is told by its name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.hooks.conftest import RegistryOf

HEAD = "from thespian_core import CodecSpec, hookimpl\n"
RECORD = "CodecSpec(name='json', tag=16, opens='json:JSONEncoder')"
JSON = f"{HEAD}@hookimpl\ndef thespian_codecs():\n    yield {RECORD}\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("@hookimpl(wrapper=True)\ndef thespian_codecs():\n    return (yield)\n", "is a hook wrapper"),
        (
            "@hookimpl\ndef thespian_codec():\n    return []\n",
            "there is no hook 'thespian_codec'; did you mean",
        ),
        ("@hookimpl\ndef wholly_unlike():\n    return []\n", "there is no hook 'wholly_unlike'"),
        (
            "@hookimpl\ndef thespian_codecs(x):\n    return []\n",
            "thespian_codecs takes x, but that hook gives nothing",
        ),
        (
            "@hookimpl\ndef thespian_capabilities(base):\n    return {}\n",
            "thespian_capabilities takes base, but that hook gives base_name",
        ),
        (
            "def thespian_codec():\n    return []\n",
            "there is no hook 'thespian_codec', and it is not marked with @hookimpl; did you mean",
        ),
        (
            JSON + "def thespian_director_command():\n    return []\n",
            "there is no hook 'thespian_director_command', and it is not marked with @hookimpl; did you mean",
        ),
    ],
)
def test_a_plugin_that_misuses_a_hook_is_broken_by_its_name(
    registry_of: RegistryOf, text: str, why: str
) -> None:
    (report,) = registry_of(one=HEAD + text).plugins()
    assert report.state == "broken"
    assert why in report.why


@pytest.mark.parametrize(
    "text", ["", "class Offers:\n    @hookimpl\n    def thespian_codecs(self):\n        return []\n"]
)
def test_a_plugin_that_implements_no_hook_does_no_harm_and_says_so(
    registry_of: RegistryOf, text: str
) -> None:
    (report,) = registry_of(one=HEAD + text).plugins()
    assert report.state == "ok"
    assert report.why.startswith("no function of plugin_one_")
    assert report.why.endswith(" is marked with @hookimpl")


def test_a_helper_that_is_named_like_a_hook_beside_that_hook_is_no_mistake(registry_of: RegistryOf) -> None:
    text = JSON + "def thespian_codec():\n    return None\n"
    assert registry_of(one=text).plugins()[0].state == "ok"


def test_a_hook_of_a_later_core_may_be_implemented_optionally(registry_of: RegistryOf) -> None:
    text = HEAD + "@hookimpl(optionalhook=True)\ndef thespian_holograms():\n    return []\n"
    (report,) = registry_of(one=text).plugins()
    assert (report.state, report.why) == ("ok", "")


def test_looking_for_plugins_imports_nothing_that_only_mistakes_need() -> None:
    code = "import sys\nfrom thespian_core.hooks.registry import default_registry\n"
    code += "default_registry().plugins()\nprint('difflib' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
