"""Channels over HTTP: the way in for senders, and the desk of those who run them."""
