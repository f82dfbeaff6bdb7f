"""Actors of one machine that talk over Unix sockets: a transport for Thespian, and a base on it."""
