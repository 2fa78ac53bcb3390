"""SQL that reads in order to change, and writes what was decided."""
