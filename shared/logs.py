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
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer = _renderer(settings.log_format)
    _take_over_libraries(shared, renderer)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=settings.service)


def _take_over_libraries(
    shared: list[structlog.typing.Processor], renderer: structlog.typing.Processor
) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # Its failures reach us as exceptions; while a broker is away it would say so ten times a second.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


def _renderer(form: Literal["json", "console"]) -> structlog.typing.Processor:
    if form == "console":
        # Values of local variables may be personal data.
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(
        serializer=lambda value, **_: orjson.dumps(value, default=str).decode()
    )
