"""The commands, one in a file; each imports little before it is used, so that completion is quick."""
