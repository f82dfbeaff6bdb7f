"""A program that is no Thespian, at a port where a system might be."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def a_stranger(port: int, answer: bytes) -> Iterator[None]:
    """Let one have a port; it says something to everybody, or nothing."""
    connections: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", port)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connections.append(server.accept()[0])
                    if answer:
                        connections[-1].sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in connections:
                connection.close()
