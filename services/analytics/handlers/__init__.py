"""What analytics does: learn from events, and build what it learnt again to prove it."""
