"""Requests and responses, by feature."""
