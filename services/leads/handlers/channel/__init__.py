"""What can be done with channels, one noun per file."""
