"""What travels in the queues, and what both their ends make of it; pure."""
