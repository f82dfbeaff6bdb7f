"""What Thespian costs: programs that measure, and what runs them in turn, tabulates and plots."""
