"""Programs that show what actors are for."""
