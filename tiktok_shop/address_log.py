"""Keep query strings out of httpx's own log.

httpx logs the full address of every call at INFO, and token calls carry the app secret in theirs.
"""

import logging

import httpx
from typing_extensions import override


class _WithoutQuery(logging.Filter):
    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_bare(part) for part in record.args)
        return True


_FILTER = _WithoutQuery()


def hide_queries() -> None:
    """Cut the query off every address that httpx logs, at any level; safe to call again."""
    logging.getLogger("httpx").addFilter(_FILTER)


def _bare(part: object) -> object:
    return part.copy_with(query=None) if isinstance(part, httpx.URL) else part
