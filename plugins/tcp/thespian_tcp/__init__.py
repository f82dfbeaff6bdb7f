"""The TCP transport: frames between mailboxes, over sockets that never block."""
