"""The HTTP door, by feature."""
