"""SQL that reads in order to change: one function, one statement."""
