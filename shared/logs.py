"""Structured logs: one line per thing handled, with ids as fields and never personal data."""

import logging
import sys
from typing import Literal

import orjson
import structlog

from shared.settings import ServiceSettings


def configure(settings: ServiceSettings) -> None:
    """Send every line of this process, uvicorn's and aiokafka's too, to standard output."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(message)s", force=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _renderer(settings.log_format),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=settings.service)


def _renderer(form: Literal["json", "console"]) -> structlog.typing.Processor:
    if form == "console":
        # Values of local variables may be personal data.
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(
        serializer=lambda value, **_: orjson.dumps(value, default=str).decode()
    )
