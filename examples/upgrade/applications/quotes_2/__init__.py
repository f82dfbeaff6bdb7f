"""The folder that version 2 of the application is packed from."""
