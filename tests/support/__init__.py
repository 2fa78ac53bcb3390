"""What tests of all parts share: databases, a world of services, and ways to wait."""
