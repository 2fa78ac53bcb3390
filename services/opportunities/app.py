"""The table of contents of `opportunities`."""

from pathlib import Path

from services.opportunities.constraints import CONSTRAINTS
from services.opportunities.consumers import consumer
from services.opportunities.imports import directory as directory_import
from services.opportunities.imports import products as products_import
from services.opportunities.routes import directory, ownership, pool, session
from services.opportunities.timers import TIMERS
from shared.app import Service

SERVICE = Service(
    name="opportunities",
    summary="The directory, who owns what, and how deals move",
    routers=(
        session.router,
        directory.router,
        ownership.router,
        pool.router,
        # deals: opportunity.router, pipeline.router, activity.router, close.router
    ),
    consumer=consumer,
    timers=TIMERS,
    migrations=Path(__file__).parent / "migrations",
    constraints=CONSTRAINTS,
)
