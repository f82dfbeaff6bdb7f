"""What the JSON codec promises: the contract of every codec, and to refuse what JSON would change."""

from __future__ import annotations

import pytest
from json_codec import JsonCodec

from thespian_core.testing import CodecContract


class TestJsonCodec(CodecContract):
    codec_name = "json"
    impossible = (lambda: None, float("nan"), b"bytes", {1, 2})


@pytest.mark.parametrize("message", [(1, 2), {1: "one"}, [{"a": ("b",)}]])
def test_a_message_that_json_would_change_is_refused(message: object) -> None:
    with pytest.raises(TypeError, match="would change"):
        JsonCodec().encode(message)
