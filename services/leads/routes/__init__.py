"""Parse, call one handler or query, shape the answer."""
