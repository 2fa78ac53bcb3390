"""State, decisions and refusals, by feature; nothing here waits, reads or asks the time."""
