"""What the project uses on itself: layers, house rules, guards for the tests."""
