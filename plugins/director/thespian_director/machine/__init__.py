"""What a Director decides: pure, without clock, input or output."""
