"""PostgreSQL and Kafka, three ways: external, containers or embedded."""
