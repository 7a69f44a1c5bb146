"""The command line in a thread of the test process, against the running product."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from typer.testing import CliRunner

import starter
from casedesk.settings import Settings
from tests.support.stack import Stack


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


def environment(settings: Settings) -> dict[str, str]:
    """Return the settings as a second terminal would have them."""
    return {
        "WENHUO_HOME": str(settings.home),
        "WENHUO_APP_KEY": settings.app_key,
        "WENHUO_APP_SECRET": settings.app_secret.get_secret_value(),
        "WENHUO_API_BASE_URL": str(settings.api_base_url),
        "WENHUO_AUTH_BASE_URL": str(settings.auth_base_url),
        "COLUMNS": "80",
    }


def run_command(*arguments: str, env: Mapping[str, str] | None = None) -> Said:
    """Run one command in this process and thread."""
    handlers, level = logging.getLogger().handlers, logging.getLogger().level
    try:
        ran = CliRunner().invoke(starter.app, arguments, env=dict(env or {}))
    finally:
        logging.getLogger().handlers, logging.getLogger().level = handlers, level
    if ran.exception and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return Said(ran.exit_code, ran.stdout, ran.stderr)


async def command(stack: Stack, *arguments: str, **env: str) -> Said:
    """Run one command against the stack, whose loop goes on meanwhile."""
    address = stack.client.service_client.config.target_host
    full = {**environment(stack.settings), "TEMPORAL_ADDRESS": address, **env}
    return await asyncio.to_thread(run_command, *arguments, env=full)
