"""Looking an installation over: what is broken, and what to do about each thing."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError

from casedesk.connection import connect
from casedesk.errors import CaseDeskError
from casedesk.queues import QUEUES, last_poll
from casedesk.sandbox_run import platform_settings
from casedesk.settings import ROOT, Settings
from casedesk.shops import TokenBook, open_shop_client
from casedesk.webhooks import unregistered
from domain.cases import ContactMode
from domain.errors import DomainError
from domain.playbook_files import parse_market, parse_playbook
from records.database import Database
from records.errors import RecordsError
from records.evidence import EvidenceBook
from records.shops import ShopDirectory, ShopRecord
from records.tokens import TokenVault
from tiktok_shop.client import ShopClient
from tiktok_shop.errors import ShopError
from workflows import names

POLLED_WITHIN = timedelta(seconds=90)
"""A worker asks its queues again at least once a minute."""
_EXPIRES_SOON = timedelta(days=14)
_CHECK_SECONDS = 60.0


class Health(StrEnum):
    """What a look found."""

    GOOD = "good"
    NOTICE = "notice"
    """Works, but somebody should know."""
    BROKEN = "broken"


class Check(BaseModel):
    """One thing that was looked at."""

    model_config = ConfigDict(frozen=True)

    what: str
    health: Health
    found: str
    to_do: str = ""


def _good(what: str, found: str) -> Check:
    return Check(what=what, health=Health.GOOD, found=found)


def _broken(what: str, found: str, to_do: str) -> Check:
    return Check(what=what, health=Health.BROKEN, found=found, to_do=to_do)


async def examine(settings: Settings) -> AsyncIterator[Check]:
    """Yield what each look at an installation finds.

    Args:
        settings: Of the environment.
    """
    try:
        platform = await platform_settings(settings)
    except CaseDeskError as error:
        yield _broken("platform", str(error), "start `starter.py up` again")
        platform = settings
    yield _credentials(platform)
    yield _rules(settings)
    yield await _texts()
    async for check in _gateway(settings):
        yield check
    async for check in _server(settings):
        yield check
    async for check in _records(platform):
        yield check


def is_sound(checks: list[Check]) -> bool:
    """Tell whether nothing is broken."""
    return all(check.health is not Health.BROKEN for check in checks)


def _credentials(settings: Settings) -> Check:
    missing = [
        f"WENHUO_{name}"
        for name, value in (
            ("APP_KEY", settings.app_key),
            ("APP_SECRET", settings.app_secret.get_secret_value()),
        )
        if not value
    ]
    if missing:
        return _broken("app", f"not set: {' and '.join(missing)}", "set the app's key and secret")
    return _good("app", f"key {settings.app_key} at {settings.api_base_url}")


def _rules(settings: Settings) -> Check:
    folder = settings.playbooks
    markets = sorted((folder / "markets").glob("*.yaml"))
    books = sorted(folder.glob("*.yaml")) + sorted(settings.shop_playbooks_folder.glob("*.yaml"))
    try:
        for path in markets:
            parse_market(path.read_text("utf-8"), filename=path.name)
        for path in books:
            parse_playbook(path.read_text("utf-8"), filename=path.name)
    except (DomainError, OSError, UnicodeDecodeError) as error:
        return _broken("rules", str(error), "mend that file; running cases keep what they pinned")
    if not markets or not books:
        return _broken("rules", f"none in {folder}", "set WENHUO_PLAYBOOKS to their folder")
    return _good("rules", f"{len(books)} playbooks, {len(markets)} market profiles")


async def _texts() -> Check:
    """Have a worker process read everything it needs, message templates included."""
    trouble = await _trouble_of_worker("--check")
    if trouble:
        return _broken("texts", trouble, "mend that; workers need it to start")
    return _good("texts", "message templates load")


async def _gateway(settings: Settings) -> AsyncIterator[Check]:
    """Where the merchant's own endpoint is set, have a worker process ask it for nothing."""
    if settings.gateway_url is None and settings.gateway_secret is None:
        return
    what = "filing gateway"
    trouble = await _trouble_of_worker("--check-gateway")
    if trouble:
        to_do = "mend that, or file by hand meanwhile; docs/gateway.md says what is expected"
        yield Check(what=what, health=Health.NOTICE, found=trouble, to_do=to_do)
    elif settings.gateway_url:
        yield _good(what, f"{settings.gateway_url.host} answers and accepts our signature")


async def _trouble_of_worker(flag: str) -> str:
    """Return what keeps a worker process from one of its checks, or nothing."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "worker.py"),
        flag,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        _, said = await asyncio.wait_for(process.communicate(), _CHECK_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return "a worker did not answer in a minute; look at the machine's load"
    reason = said.decode(errors="replace").strip().splitlines() or ["a worker cannot start"]
    return reason[-1] if process.returncode else ""


async def _server(settings: Settings) -> AsyncIterator[Check]:
    try:
        client = await connect(settings)
        yield _good("server", client.service_client.config.target_host)
        yield await _attributes(client)
        for queue, kind in QUEUES:
            yield _worker(queue, datetime.now(UTC) - await last_poll(client, queue, kind))
    except CaseDeskError as error:
        yield _broken("server", str(error), "start it, then look again")
    except RPCError as error:
        yield _broken("server", error.message, "look at the server's log, then look again")


async def _attributes(client: Client) -> Check:
    held = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    wanted = [key.name for key in names.SEARCH_ATTRIBUTES]
    missing = [name for name in wanted if name not in held.custom_attributes]
    if missing:
        return _broken("lists", f"missing: {', '.join(missing)}", "run `starter.py setup`")
    return _good("lists", f"all {len(wanted)} search attributes")


def _worker(queue: str, ago: timedelta) -> Check:
    if ago > POLLED_WITHIN:
        return _broken(f"queue {queue}", "no worker", "start one with `python worker.py`")
    return _good(f"queue {queue}", f"asked {max(ago.total_seconds(), 0):.0f} s ago")


async def _records(settings: Settings) -> AsyncIterator[Check]:
    try:
        db = Database.open(settings.records_url)
        await asyncio.to_thread(db.migrate)
        shops = await asyncio.to_thread(ShopDirectory(db).all)
    except RecordsError as error:
        yield _broken("records", str(error), "mend WENHUO_DATABASE_URL or the database")
        return
    yield _good("records", f"{len(shops)} shops on file")
    yield await asyncio.to_thread(_stamps, settings, db)
    if not shops:
        yield _broken("shops", "none is connected", "run `starter.py setup --auth-code CODE`")
    async with open_shop_client(settings, db) as client:
        for shop in shops:
            yield _token(shop, TokenBook(TokenVault(db)), datetime.now(UTC))
            yield _contact(shop)
            yield await _webhooks(client, shop)
    db.close()


def _stamps(settings: Settings, db: Database) -> Check:
    what, authority = "time stamps", settings.time_authority
    if authority is None:
        return _good(what, "no authority is set; custody is signed by our own key alone")
    with EvidenceBook(db).reading() as book:
        waiting = len(book.cases_to_anchor())
    to_do = []
    if waiting:
        to_do.append("`starter.py evidence anchor` asks now; workers ask every few minutes")
    if settings.tsa_roots is None:
        to_do.append("set WENHUO_TSA_ROOTS to have its certificates checked")
    health = Health.NOTICE if to_do else Health.GOOD
    found = f"{authority}; waiting for a stamp: {waiting} chains"
    return Check(what=what, health=health, found=found, to_do="; ".join(to_do))


def _token(shop: ShopRecord, book: TokenBook, now: datetime) -> Check:
    what, again = f"shop {shop.shop_id}", "authorise it again: `starter.py setup --auth-code CODE`"
    pair = book.load(shop.shop_id)
    if pair is None:
        return _broken(what, f"{shop.name}: no token", again)
    left = pair.refresh_expires_at - now
    if left <= timedelta(0):
        return _broken(what, f"{shop.name}: the authorisation has expired", again)
    found = f"{shop.name} ({shop.region}), authorised for {left.days} more days"
    if left < _EXPIRES_SOON:
        return Check(what=what, health=Health.NOTICE, found=found, to_do=again)
    return _good(what, found)


def _contact(shop: ShopRecord) -> Check:
    what = f"contact {shop.shop_id}"
    if shop.contact_mode == ContactMode.CHAT:
        return _good(what, "chat: buyers are written to at once")
    return Check(
        what=what,
        health=Health.NOTICE,
        found="assisted: people write to buyers, by `contacts export` and `contacts record`",
        to_do="grant the app the customer-service scope to have it done by itself",
    )


async def _webhooks(client: ShopClient, shop: ShopRecord) -> Check:
    what = f"webhooks {shop.shop_id}"
    try:
        missing = await unregistered(client, shop)
    except ShopError as error:
        return _broken(what, str(error), "mend what the platform says, then look again")
    if missing:
        to_do = "run `starter.py setup --webhook-url https://YOUR-HOST`"
        return _broken(what, f"not delivered: {', '.join(missing)}", to_do)
    return _good(what, "every topic is delivered")
