"""simpleSystemBase: all actors run in the calling process, one message at a time."""
