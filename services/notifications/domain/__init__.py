"""What is decided here, without a clock, a database or a mail server: notices, deadlines, deliveries."""
