"""What programs and actors call; ``thespian.actors`` offers it."""
