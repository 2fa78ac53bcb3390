"""SQL that reads in order to show."""
