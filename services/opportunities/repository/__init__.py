"""SQL that reads in order to change, by feature."""
