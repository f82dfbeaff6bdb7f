"""The applications that are packed: two versions of one, and one that brings a library of others."""
