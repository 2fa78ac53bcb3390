"""What every service tells its operators, and what they may do about it."""

from shared.operations.routes import routers

__all__ = ["routers"]
