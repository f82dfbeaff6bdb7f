"""What an operator sees of running systems, and how they are ended."""
