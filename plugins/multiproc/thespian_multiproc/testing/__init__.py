"""The contract kit for those who write transports. Needs pytest; never loaded by itself.

A transport's whole contract test::

    from thespian_multiproc.testing import TransportContract

    class TestPigeonTransport(TransportContract):
        transport_class = PigeonTransport
"""

from thespian_multiproc.testing.transport_contract import TransportContract

__all__ = ["TransportContract"]
