"""One function for each thing the service can do: load, decide, save, announce."""
