"""The table of contents of `analytics`."""

from pathlib import Path

from services.analytics import routes
from services.analytics.consumers import consumer
from services.analytics.domain.rebuild import RebuildRunning
from services.analytics.timers import TIMERS
from shared.app import Service

SERVICE = Service(
    name="analytics",
    summary="Projections of everything that happened, and the reports over them",
    routers=(routes.report_router, routes.proof_router),
    consumer=consumer,
    timers=TIMERS,
    migrations=Path(__file__).parent / "migrations",
    constraints={"rebuild_one_at_a_time": RebuildRunning},
)
