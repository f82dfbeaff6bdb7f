"""The contract of a codec."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import pytest

from thespian_core.extending import Codec
from thespian_core.hooks.records import CodecSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.testing.contract import Contract


class _Bomb:
    """Pickles to something that writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return open, (str(self.path), "w")


class CodecContract(Contract):
    """Inherit this, and name the codec.

    Attributes:
        codec_name: as its plugin registers it.
        messages: what it must carry; they are compared by ``==``.
        impossible: what it must refuse to encode.
    """

    codec_name: ClassVar[str] = ""
    messages: ClassVar[Sequence[Any]] = (
        None,
        True,
        0,
        -(2**40),
        1.5,
        "",
        "text \N{SNOWMAN}",
        [1, [2, "3"]],
        {"a": {"b": []}},
    )
    impossible: ClassVar[Sequence[Any]] = (lambda: None,)

    @pytest.fixture
    def spec(self) -> CodecSpec:
        """The record of the codec under test."""
        return default_registry().find(CodecSpec, self.codec_name)

    @pytest.fixture
    def codec(self, spec: CodecSpec) -> Codec:
        """The codec under test."""
        opened: Codec = default_registry().open(CodecSpec, self.codec_name)()
        return opened

    def test_messages_survive(self, codec: Codec) -> None:
        for message in self.messages:
            encoded = codec.encode(message)
            assert isinstance(encoded, bytes)
            assert codec.decode(encoded) == message

    def test_two_decodings_share_nothing(self, codec: Codec) -> None:
        encoded = codec.encode(["a"])
        first = codec.decode(encoded)
        first.append("b")
        assert codec.decode(encoded) == ["a"]

    def test_a_message_is_encoded_as_it_was(self, codec: Codec) -> None:
        message = ["early"]
        encoded = codec.encode(message)
        message.append("late")
        assert codec.decode(encoded) == ["early"]

    def test_what_cannot_be_encoded_raises_and_the_codec_goes_on(self, codec: Codec) -> None:
        for message in self.impossible:
            with pytest.raises(Exception, match=r"."):
                codec.encode(message)
        assert codec.decode(codec.encode("still fine")) == "still fine"

    @pytest.mark.parametrize("rubbish", [b"", b"\x00", b"\xff" * 100, b"rubbish"])
    def test_rubbish_raises_and_the_codec_goes_on(self, codec: Codec, rubbish: bytes) -> None:
        with pytest.raises(Exception):  # noqa: B017, PT011 - any will do; a message will not
            codec.decode(rubbish)
        assert codec.decode(codec.encode("still fine")) == "still fine"

    def test_a_codec_that_says_it_cannot_run_code_does_not(
        self, spec: CodecSpec, codec: Codec, tmp_path: Path
    ) -> None:
        if spec.trust:
            return  # it says itself that its bytes must come from a friend
        with suppress(Exception):  # refusing is right; what counts is what does not happen
            codec.decode(pickle.dumps(_Bomb(tmp_path / "written")))
        assert not (tmp_path / "written").exists()
