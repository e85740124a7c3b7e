"""Structured logs to standard error: events with ids, never what people wrote."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

import structlog

from chat_server.settings import Settings


class LineLogger:
    """A line an event; one that cannot be written is lost.

    The disk of the log may be full, or its reader gone: that must end nobody's work, least of
    all the work that waits for the same disk to have room again.
    """

    def __init__(self, stream: Callable[[], TextIO]) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        with suppress(OSError):
            stream = self._stream()
            stream.write(line + "\n")
            stream.flush()

    debug = info = warning = error = critical = msg


def set_up_logs(settings: Settings, at_least: str = "debug") -> None:
    """One line an event: JSON for machines, or columns for a terminal."""
    levels = logging.getLevelNamesMapping()
    level = max(levels[settings.log_level.upper()], levels[at_least.upper()])
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: LineLogger(lambda: sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(level, logging.WARNING), stream=sys.stderr)
