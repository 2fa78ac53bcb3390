"""One function per thing the service can do: load, decide, save, announce."""
