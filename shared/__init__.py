"""The platform under all four services: runner, web, database, outbox, consumer, timers, access, rules.

No business words here, except in `shared.contracts`, the language the services speak with each other.
"""
