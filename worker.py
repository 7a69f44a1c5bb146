"""Composition root of a worker process: settings, clients, activities, Temporal workers."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from pydantic import ValidationError
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.ads import AdBook, AdsActivities
from activities.appeal_bundles import PacketRoom
from activities.appeal_texts import AppealWriter
from activities.appeals import AppealActivities
from activities.carriers import CarrierActivities, CarrierBook
from activities.case_reading import CaseReader
from activities.demand import DemandActivities
from activities.desk import DeskActivities
from activities.endings import EndingActivities
from activities.evidence import EvidenceActivities
from activities.evidence_rules import EvidenceShelf
from activities.gateway import GatewayActivities
from activities.gateway_answers import URL as GATEWAY_URL
from activities.gateway_client import FilingGateway
from activities.hosts import HostActivities
from activities.incidents import IncidentActivities
from activities.ledgers import LedgerActivities
from activities.letters import LetterWriter
from activities.messages import MessageWriter
from activities.opener import CaseStarter, OpenerActivities, SignalWithStart
from activities.packages import PackageActivities
from activities.people import PeopleChannel
from activities.playbooks import PlaybookShelf
from activities.records import RecordsActivities
from activities.restock_news import RestockNewsActivities
from activities.shop import ShopActivities
from activities.stock import StockActivities
from activities.suppliers import Correspondent, SupplierActivities, SupplierBook
from activities.time_stamps import stamping
from casedesk.ads import open_ads_client
from casedesk.connection import connect
from casedesk.errors import CaseDeskError
from casedesk.exits import leave
from casedesk.logs import set_up_logs
from casedesk.settings import Settings
from casedesk.shops import open_shop_client
from casedesk.time_stamps import StampPost
from domain.errors import DomainError, InputError
from records.appeals import AppealOutcomes
from records.case_buyers import CaseBuyers
from records.conversations import ConversationIndex
from records.database import Database
from records.shops import ShopDirectory
from records.units import UnitReservations
from tiktok_shop.client import ShopClient
from tiktok_shop.errors import ShopError
from tiktok_shop.marketing import MarketingClient
from vault.errors import VaultError
from vault.opening import open_vault, read_roots
from vault.store import Vault
from workflows import names
from workflows.appeal_case import Appeal
from workflows.oversell_case import OversellCase
from workflows.pickup_case import PickupDelayCase
from workflows.shortage_incident import ShortageIncident
from workflows.stockout_case import StockoutCase

logger = structlog.get_logger()

WORKFLOWS = [OversellCase, StockoutCase, PickupDelayCase, Appeal, ShortageIncident]
GRACE = timedelta(seconds=30)
"""How long activities in flight may finish after SIGTERM."""
_NEVER_FILED = "doctor"
"""An id that no filing has; the endpoint answers that there is none."""
_GATEWAY_SECONDS = 5.0
StarterOf = Callable[[Client], CaseStarter]
PASSED_THROUGH = ("domain", "workflows", "pydantic", "pydantic_core", "annotated_types")


def sandbox_runner() -> SandboxedWorkflowRunner:
    """Return the workflow sandbox with our pure packages passed through."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)


def build_workers(
    client: Client,
    settings: Settings,
    *,
    db: Database,
    shop: ShopClient,
    ads: MarketingClient | None = None,
    starter: CaseStarter | None = None,
) -> list[Worker]:
    """Return the workers of one process, one per queue.

    Args:
        client: Connected to the server; with the product's data converter.
        settings: Rates, cache, folders.
        db: Migrated records.
        shop: The platform's client.
        ads: The Marketing API's client; without one no ad is touched.
        starter: How workflows open cases; by signal-with-start unless given.

    Returns:
        Workers for cases (with the local activities), the shop's API and the desk.
    """
    vault = open_vault(settings, db, post=StampPost())
    letters = LetterWriter(settings.playbooks / "letters")
    ours = [
        *_our_activities(client, settings, db),
        *_evidence_activities(settings, db, vault, letters),
        EndingActivities(client).tell_cases,
        *_appeal_activities(client, settings, db, vault),
        *_incident_activities(client, settings, db, starter),
        *_letter_activities(settings, db, letters, shop),
        *_ad_activities(settings, db, ads),
    ]
    worker = partial(Worker, client, graceful_shutdown_timeout=GRACE)
    return [
        worker(
            task_queue=names.CASES_QUEUE,
            workflows=WORKFLOWS,
            activities=ours,
            workflow_runner=sandbox_runner(),
            max_cached_workflows=settings.cached_cases,
        ),
        worker(
            task_queue=names.SHOP_API_QUEUE,
            activities=_platform_activities(shop, db, vault),
            max_task_queue_activities_per_second=settings.shop_api_per_second,
        ),
        worker(task_queue=names.DESK_QUEUE, activities=ours),
    ]


def _our_activities(client: Client, settings: Settings, db: Database) -> list[Callable[..., Any]]:
    records = RecordsActivities(db, client)
    ledgers = LedgerActivities(db)
    desk = DeskActivities(
        shelf=PlaybookShelf(settings.playbooks, settings.shop_playbooks_folder),
        writer=MessageWriter(settings.playbooks / "messages"),
        shops=ShopDirectory(db),
        conversations=ConversationIndex(db),
        people=PeopleChannel(settings.people.get_secret_value() if settings.people else None),
    )
    return [
        records.find_closed_case,
        records.want_contact,
        records.settle_contact,
        records.ask_answered,
        records.reserve_refund,
        records.settle_refund,
        records.file_case,
        records.index_parcel,
        records.reopen_case,
        ledgers.pad_promise,
        ledgers.note_promise,
        ledgers.keep_consent,
        ledgers.reserve_offer,
        ledgers.settle_offer,
        desk.pin_case,
        desk.write_message,
        desk.read_reply,
        desk.call_people,
    ]


def _incident_activities(
    client: Client, settings: Settings, db: Database, starter: CaseStarter | None
) -> list[Callable[..., Any]]:
    incidents = IncidentActivities(db, client)
    news = RestockNewsActivities(client, db, per_second=settings.news_per_second)
    by_signal = SignalWithStart(client, at_once=settings.open_concurrency)
    opener = OpenerActivities(client, db, starter or by_signal)
    return [
        incidents.claim_sku,
        incidents.allocate_units,
        incidents.change_ledger,
        incidents.settle_orders,
        news.tell_of_restock,
        incidents.close_incident,
        opener.open_cases,
        opener.open_short_orders,
    ]


def _letter_activities(
    settings: Settings, db: Database, letters: LetterWriter, shop: ShopClient
) -> list[Callable[..., Any]]:
    correspondent = Correspondent(
        writer=letters,
        shelf=PlaybookShelf(settings.playbooks, settings.shop_playbooks_folder),
        shops=ShopDirectory(db),
    )
    suppliers = SupplierActivities(
        book=SupplierBook(settings.suppliers_file), correspondent=correspondent
    )
    desks = {shop_id: one.get_secret_value() for shop_id, one in settings.host_desks.items()}
    hosts = HostActivities(
        desks=desks, decides=settings.actor, correspondent=correspondent, shop=shop
    )
    return [suppliers.ask_supplier, suppliers.thank_supplier, hosts.alert_host]


def _ad_activities(
    settings: Settings, db: Database, client: MarketingClient | None
) -> list[Callable[..., Any]]:
    ads = AdsActivities(client=client, book=AdBook(settings.ads_file), db=db)
    return [ads.pause_ads, ads.resume_ads]


def _evidence_activities(
    settings: Settings, db: Database, vault: Vault, letters: LetterWriter
) -> list[Callable[..., Any]]:
    evidence = EvidenceActivities(vault, EvidenceShelf(settings.playbooks / "evidence"))
    carriers = CarrierActivities(
        book=CarrierBook(settings.carriers_file),
        writer=letters,
        shops=ShopDirectory(db),
    )
    return [
        evidence.find_evidence,
        evidence.evidence_of_cases,
        evidence.pin_requirements,
        evidence.keep_text,
        carriers.ask_carrier,
    ]


def _appeal_activities(
    client: Client, settings: Settings, db: Database, vault: Vault
) -> list[Callable[..., Any]]:
    packets = PacketRoom(
        vault, AppealWriter(settings.playbooks / "appeals"), folder=settings.home / "packets"
    )
    appeals = AppealActivities(vault, packets, AppealOutcomes(db), CaseReader(db, client))
    gateway = GatewayActivities(vault, _filing_gateway(settings))
    return [
        appeals.gather,
        appeals.build_packet,
        appeals.note_filing,
        appeals.keep_outcome,
        appeals.past_outcomes,
        gateway.file_by_gateway,
        gateway.look_at_filing,
    ]


def _filing_gateway(settings: Settings) -> FilingGateway | None:
    url, secret = settings.gateway_url, settings.gateway_secret
    return FilingGateway.open(
        str(url) if url else None,
        secret.get_secret_value() if secret else None,
        timeout_seconds=settings.gateway_timeout_seconds,
    )


async def _ask_gateway(settings: Settings) -> None:
    """Look up a filing that nobody has handed in: signed as every call, and it changes nothing.

    Raises:
        InputError: A setting of the gateway cannot be used, or it knows that filing.
        ShopError: It does not answer as it should.
    """
    seconds = min(settings.gateway_timeout_seconds, _GATEWAY_SECONDS)
    gateway = _filing_gateway(settings.model_copy(update={"gateway_timeout_seconds": seconds}))
    if gateway and await gateway.look(_NEVER_FILED) is not None:
        raise InputError(GATEWAY_URL, f"answers with a filing {_NEVER_FILED}, which nobody filed")


def _platform_activities(shop: ShopClient, db: Database, vault: Vault) -> list[Callable[..., Any]]:
    marketplace = ShopActivities(
        shop,
        conversations=ConversationIndex(db),
        units=UnitReservations(db),
        buyers=CaseBuyers(db),
    )
    packages = PackageActivities(shop, vault)
    stock, demand = StockActivities(shop, db), DemandActivities(shop, db)
    return [
        marketplace.look_at_order,
        marketplace.check_offers,
        marketplace.open_conversation,
        marketplace.send_message,
        marketplace.send_coupon,
        marketplace.read_conversation,
        marketplace.find_replacement,
        marketplace.cancel_order,
        packages.look_at_package,
        packages.rebook_pickup,
        packages.capture_evidence,
        stock.stop_selling,
        stock.sell_again,
        stock.switch_listing,
        demand.collect_orders,
    ]


async def serve(settings: Settings, starter_of: StarterOf | None = None) -> None:
    """Work until SIGTERM or SIGINT; *starter_of* says how workflows open cases, if differently."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    db = Database.open(settings.records_url)
    db.migrate()
    client = await connect(settings)
    async with (
        open_shop_client(settings, db) as shop,
        open_ads_client(settings) as ads,
        AsyncExitStack() as stack,
    ):
        starter = starter_of(client) if starter_of else None
        for worker in build_workers(client, settings, db=db, shop=shop, ads=ads, starter=starter):
            await stack.enter_async_context(worker)
        if settings.time_authority:
            vault = open_vault(settings, db, post=StampPost())
            await stack.enter_async_context(stamping(vault))
        logger.info("worker.ready", pid=os.getpid())
        await stop.wait()
        logger.info("worker.stopping", pid=os.getpid())
    db.close()


def main(starter_of: StarterOf | None = None) -> int:
    """Run a worker; the exit status says whether it could start.

    Args:
        starter_of: How workflows open cases, given the client; by signal-with-start unless given.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        sys.stderr.write(f"WENHUO_{name}: {first['msg']}; mend the setting and start again.\n")
        return 2
    set_up_logs(json_lines=settings.log_json)
    try:
        if sys.argv[1:] == ["--check"]:
            MessageWriter(settings.playbooks / "messages")
            LetterWriter(settings.playbooks / "letters")
            AppealWriter(settings.playbooks / "appeals")
            _filing_gateway(settings)
            if settings.tsa_roots:
                read_roots(settings.tsa_roots)
            return 0
        if sys.argv[1:] == ["--check-gateway"]:
            asyncio.run(_ask_gateway(settings))
            return 0
        asyncio.run(serve(settings, starter_of))
    except (CaseDeskError, DomainError, ShopError, VaultError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    leave(main())
