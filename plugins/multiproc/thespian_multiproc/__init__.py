"""The engine of system bases with a process for each actor: its protocol, and the Transport interface."""
