"""The contract kit: inheritable tests for plugin authors. Needs pytest; never loaded by itself.

A system base's whole contract test::

    from thespian_core.testing import SystemBaseContract

    class TestMyBase(SystemBaseContract):
        base_name = "myBase"
"""

from thespian_core.testing.codec import CodecContract
from thespian_core.testing.contract import Contract
from thespian_core.testing.director_command import DirectorCommandContract
from thespian_core.testing.log_filter import LogFilterContract
from thespian_core.testing.source_authority import SourceAuthorityContract
from thespian_core.testing.system_base import SystemBaseContract

__all__ = [
    "CodecContract",
    "Contract",
    "DirectorCommandContract",
    "LogFilterContract",
    "SourceAuthorityContract",
    "SystemBaseContract",
]
