"""What two processes say to each other. Pure: no socket, no clock, no randomness, no thread."""
