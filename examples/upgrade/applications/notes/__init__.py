"""The folder that the second application is packed from."""
