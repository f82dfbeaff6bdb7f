"""Shows notes as web pages."""
