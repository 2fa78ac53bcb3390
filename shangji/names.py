"""The services and their roles, by name; this package imports none of them."""

SERVICES = ("leads", "opportunities", "notifications", "analytics")
ROLES = ("api", "relay", "consumer", "timers")
DATABASE = "shangji"
READONLY = "shangji_readonly"
SIDE_SCHEMAS = {"analytics": ("analytics_rebuild",)}


def owner_of(service: str) -> str:
    """Return the role that owns a service's schema and runs its migrations."""
    return f"{service}_owner"
