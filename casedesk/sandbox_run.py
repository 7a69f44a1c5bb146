"""The sandbox as a running `up` offers it: its credentials, fetched by its own controls."""

from typing import Any

import httpx
from pydantic import HttpUrl, SecretStr

from casedesk.connection import read_run_file
from casedesk.errors import RefusedError
from casedesk.settings import Settings

_TIMEOUT_SECONDS = 5.0
_NAMED = ("app_key", "app_secret", "api_base_url", "auth_base_url")


async def published(sandbox: str) -> dict[str, Any]:
    """Return app key, app secret and shops of a sandbox.

    Args:
        sandbox: Its address, without a trailing slash.

    Raises:
        RefusedError: No sandbox answers there.
    """
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS) as client:
            answer = await client.get(f"{sandbox}/_control/shops")
            shops: dict[str, Any] = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise RefusedError(f"no sandbox answers at {sandbox} ({error})") from error
    return shops


def for_sandbox(settings: Settings, sandbox: str, shops: dict[str, Any]) -> Settings:
    """Return *settings* with the sandbox as the platform."""
    return settings.model_copy(
        update={
            "app_key": shops["app_key"],
            "app_secret": SecretStr(shops["app_secret"]),
            "api_base_url": HttpUrl(sandbox),
            "auth_base_url": HttpUrl(sandbox),
        }
    )


async def platform_settings(settings: Settings) -> Settings:
    """Return settings for commands that call the platform.

    Where nothing is said about the platform and an `up` is running, its sandbox is the platform.

    Raises:
        RefusedError: The sandbox of that `up` does not answer.
    """
    run = read_run_file(settings.run_file)
    said = settings.model_fields_set & set(_NAMED)
    if said or not run or not run.get("sandbox"):
        return settings
    return for_sandbox(settings, run["sandbox"], await published(run["sandbox"]))
