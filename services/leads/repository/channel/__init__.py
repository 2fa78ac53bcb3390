"""What channels keep, one noun per file."""
