"""Connecting to Temporal: the embedded server, or any cluster by the standard variables."""

import json
import os
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError

from casedesk.errors import NoServerError
from casedesk.settings import Settings


async def connect(settings: Settings) -> Client:
    """Return a client of the server that the environment or a running `up` names.

    Args:
        settings: Names the home, where a running `up` has left its address.

    Returns:
        A client with the product's data converter.

    Raises:
        NoServerError: No server answers; the message says what to do.
    """
    config = ClientConfig.load_client_connect_config()
    running = read_run_file(settings.run_file)
    if "TEMPORAL_ADDRESS" not in os.environ and running:
        config["target_host"] = running["temporal"]
        config["namespace"] = running["namespace"]
    return await connect_to(config)


async def connect_to(config: Any) -> Client:
    """Return a client for a connect configuration.

    Raises:
        NoServerError: No server answers there.
    """
    config.setdefault("target_host", "127.0.0.1:7233")
    try:
        return await Client.connect(**config, data_converter=pydantic_data_converter)
    except (RPCError, RuntimeError) as error:
        raise NoServerError(config["target_host"]) from error


def read_run_file(path: Path) -> dict[str, Any] | None:
    """Return what a running `up` wrote about itself, or None if there is none."""
    try:
        run: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return run
