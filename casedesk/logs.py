"""Logs as events on stderr: readable on a terminal, JSON lines elsewhere."""

import logging
import sys
from typing import Any

import structlog
from temporalio import activity, workflow

QUIET = ("httpx", "httpcore", "temporalio.activity", "apprise", "alembic")
"""Loggers of libraries that only warnings are wanted of."""


def set_up_logs(*, json_lines: bool, level: int = logging.INFO) -> None:
    """Route structlog and the standard library to stderr.

    Args:
        json_lines: JSON even on a terminal.
        level: The lowest level written.
    """
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    pretty = sys.stderr.isatty() and not json_lines
    renderer = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
