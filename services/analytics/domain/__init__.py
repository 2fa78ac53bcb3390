"""What a report is, and how two sets of projections compare: pure."""
