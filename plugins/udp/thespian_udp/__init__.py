"""The UDP transport: frames between mailboxes, each in a datagram of its own."""
