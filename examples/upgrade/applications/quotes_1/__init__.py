"""The folder that version 1 of the application is packed from."""
