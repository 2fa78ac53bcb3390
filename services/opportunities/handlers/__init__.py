"""What the service can do: load, decide, save, announce; by feature."""
