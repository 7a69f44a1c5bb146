"""`python -m console`: take webhooks and serve the console until SIGTERM or SIGINT."""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import structlog
import uvicorn
from typing_extensions import override

from casedesk.connection import connect
from casedesk.desk import CaseDesk
from casedesk.errors import CaseDeskError
from casedesk.exits import leave
from casedesk.facts import FactDoor
from casedesk.logs import set_up_logs
from casedesk.session import load_settings
from casedesk.settings import Settings
from casedesk.time_stamps import StampPost
from console.alerts import RecordedAlerts, add_alert_api
from console.api import add_api
from console.evidence import EvidenceDesk
from console.evidence_api import add_evidence_api
from console.guard import Guard, is_loopback
from console.incident_orders import RecordedOrders
from console.receiver import App, Receiver
from console.rooms import Rooms, shop_names
from console.web import create_app, open_to_all
from domain.errors import InputError
from records.cases import CaseOpenings
from records.database import Database
from records.errors import RecordsError
from records.parcels import ParcelOrders
from records.shops import ShopDirectory
from vault.errors import VaultError
from vault.opening import open_vault

logger = structlog.get_logger()


class _Server(uvicorn.Server):
    """Announces itself once it listens, and leaves signals to `_serve`."""

    def __init__(self, config: uvicorn.Config, ready_file: Path | None, ready: str) -> None:
        super().__init__(config)
        self._ready_file = ready_file
        self._ready = ready

    @contextlib.contextmanager
    @override
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises the signal again after a clean end, which would spoil exit status 0.
        yield

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            _announce(self._ready, self._ready_file)


def _announce(ready: str, ready_file: Path | None) -> None:
    if ready_file is None:
        sys.stdout.write(f"{ready}\n")
        sys.stdout.flush()
        return
    draft = ready_file.with_name(f"{ready_file.name}.{os.getpid()}")
    draft.write_text(ready, encoding="utf-8")
    draft.replace(ready_file)


async def _build(settings: Settings, db: Database, arguments: argparse.Namespace) -> Guard:
    await asyncio.to_thread(db.migrate)
    client = await connect(settings)
    door = FactDoor(client, CaseOpenings(db), ParcelOrders(db))
    receiver = Receiver(
        app=App(settings.app_key, settings.app_secret),
        door=door,
        db=db,
        clock=lambda: datetime.now(UTC),
    )
    app = create_app(receiver, check=door.check, db=db, path=settings.webhook_path)
    if _may_be_shown(settings, arguments):
        desk = CaseDesk(client, settings, db)
        vault = open_vault(settings, db, post=StampPost())
        evidence = EvidenceDesk(desk, vault, clock=lambda: datetime.now(UTC))
        alerts = RecordedAlerts(desk, clock=lambda: datetime.now(UTC))
        add_evidence_api(app, desk, evidence, actor=settings.actor)
        add_alert_api(app, alerts)
        add_api(app, desk)
        if not arguments.no_console:
            # Loaded here because a receiver alone starts much faster without it.
            from console.pages import serve_pages  # noqa: PLC0415

            directory = ShopDirectory(db)
            rooms = Rooms(
                desk=desk,
                evidence=evidence,
                orders=RecordedOrders(db),
                alerts=alerts,
                shops=lambda: shop_names(directory),
            )
            serve_pages(app, rooms, actor=settings.actor)
    return Guard(app, token=settings.console_token, open_to_all=open_to_all(settings.webhook_path))


def _may_be_shown(settings: Settings, arguments: argparse.Namespace) -> bool:
    """Tell whether cases may be shown: on this machine, or to those who know the token."""
    if is_loopback(arguments.host) or settings.console_token:
        return True
    if arguments.no_console:
        return False
    raise InputError(
        "--host",
        f"pages on {arguments.host} would be open to everybody; set WENHUO_CONSOLE_TOKEN, "
        "give --no-console, or bind 127.0.0.1",
    )


async def _serve(settings: Settings, arguments: argparse.Namespace) -> None:
    db = Database.open(settings.records_url)
    app = await _build(settings, db, arguments)
    if not settings.app_secret.get_secret_value():
        logger.warning("webhook.no_app_secret", then="every notification is refused")
    listener = socket.create_server((arguments.host, arguments.port))
    url = f"http://{arguments.host}:{listener.getsockname()[1]}"
    ready = json.dumps({"webhooks": url, "console": None if arguments.no_console else url})
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config, arguments.ready_file, ready)

    def stop() -> None:
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await server.serve(sockets=[listener])
    db.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m console", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--ready-file", type=Path, help="written once it listens")
    parser.add_argument("--no-console", action="store_true", help="webhooks and API alone")
    return parser.parse_args()


def main() -> int:
    """Serve until told to stop; 1 if something is not there, 2 for bad settings."""
    arguments = _arguments()
    try:
        settings = load_settings()
    except InputError as error:
        sys.stderr.write(f"console: {error}\n")
        return 2
    set_up_logs(json_lines=settings.log_json)
    try:
        asyncio.run(_serve(settings, arguments))
    except InputError as error:
        sys.stderr.write(f"console: {error}\n")
        return 2
    except (CaseDeskError, RecordsError, VaultError, OSError) as error:
        sys.stderr.write(f"console: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    leave(main())
