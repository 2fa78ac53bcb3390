"""SQL that reads in order to show, straight to responses; by feature."""
