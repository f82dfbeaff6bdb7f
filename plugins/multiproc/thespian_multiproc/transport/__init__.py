"""How frames get from one mailbox to another: the interface, and an in-memory transport for tests."""
