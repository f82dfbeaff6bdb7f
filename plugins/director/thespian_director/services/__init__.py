"""How the Director becomes a service of a machine: what is written for each service manager."""
