"""Suppliers and host desks: who is written to where, in which language, and why nobody is."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.hosts import HostActivities
from activities.letters import LetterWriter
from activities.playbooks import PlaybookShelf
from activities.suppliers import Correspondent, SupplierActivities, SupplierBook
from activities.troubles import NEEDS_PERSON
from casedesk.settings import ROOT
from domain.errors import PlaybookError
from domain.suppliers import SupplierList, parse_suppliers
from records.database import Database
from records.shops import ShopDirectory, ShopRecord
from tests.support.activity_runs import failure, key, run
from tests.support.incident_shop import IncidentShop, incident_shop
from tests.support.incidents import sku_id
from tests.support.pickups import carrier_letters
from tiktok_shop.client import ShopClient
from workflows.ports.hosts import AlertHost
from workflows.ports.suppliers import AskSupplier, ThankSupplier

pytest_plugins = ("tests.support.record_stores",)

_OF_S = "address: 'json://a/', skus: [S]"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHOP, SKU = "7495540735365777501", sku_id(1)


@pytest.fixture(scope="module")
def writer() -> LetterWriter:
    return LetterWriter(ROOT / "playbooks" / "letters")


@pytest.fixture
def correspondent(writer: LetterWriter, records_db: Database) -> Correspondent:
    shops = ShopDirectory(records_db)
    shops.put(
        ShopRecord(
            shop_id=SHOP,
            name="Nine Lanterns",
            region="TH",
            cipher="c",
            contact_mode=None,
            checked_at=NOON,
        )
    )
    return Correspondent(writer=writer, shelf=PlaybookShelf(ROOT / "playbooks"), shops=shops)


@pytest.fixture
async def desk() -> AsyncIterator[tuple[str, list[str]]]:
    async with carrier_letters() as running:
        yield running


def _book(folder: Path, text: str) -> SupplierBook:
    path = folder / "suppliers.yaml"
    path.write_text(text, encoding="utf-8")
    return SupplierBook(path)


def _mill(address: str, **also: str) -> str:
    entry = {"name": "Mill", "address": address, **also}
    fields = ", ".join(f"{name}: {json.dumps(value)}" for name, value in entry.items())
    return f"suppliers:\n  - {{{fields}, skus: ['{SKU}', LAMP-1]}}\n"


def _ask(**changes: Any) -> AskSupplier:
    given: dict[str, Any] = {
        "key": key("ask-supplier:0"),
        "shop_id": SHOP,
        "sku_id": SKU,
        "seller_sku": "LAMP-1",
        "product_name": "Floor lamp",
        "units": 12,
        "answer_by": NOON + timedelta(hours=4),
        "at": NOON,
    }
    return AskSupplier(**{**given, **changes})


async def test_a_supplier_is_asked_and_then_reminded_in_its_own_language(
    correspondent: Correspondent, desk: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, letters = desk
    book = _book(tmp_path, _mill(address, language="en", addressee="Ms Li"))
    suppliers = SupplierActivities(book=book, correspondent=correspondent)

    asked = await run(suppliers.ask_supplier, _ask())
    chased = await run(suppliers.ask_supplier, _ask(rung=1, supplier="mill"))

    assert (True, True) == (asked.reached, chased.reached)
    first, second = (json.loads(one) for one in letters)
    assert "12" in first["message"]
    assert "Ms Li" in first["message"]
    assert first["title"] != second["title"]
    assert "Reminder 1" in second["title"]


async def test_without_a_language_of_its_own_the_markets_is_written(
    correspondent: Correspondent, desk: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, letters = desk
    suppliers = SupplierActivities(
        book=_book(tmp_path, _mill(address)), correspondent=correspondent
    )

    await run(suppliers.ask_supplier, _ask())

    assert not json.loads(letters[0])["message"].isascii()


async def test_a_date_is_thanked_for_with_what_was_understood(
    correspondent: Correspondent, desk: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, letters = desk
    book = _book(tmp_path, _mill(address, language="en"))
    suppliers = SupplierActivities(book=book, correspondent=correspondent)
    thanks = ThankSupplier(
        shop_id=SHOP,
        supplier="Mill",
        sku_id=SKU,
        product_name="Floor lamp",
        restock_at=datetime(2026, 3, 9, 3, tzinfo=UTC),
        reference="incident:1:2:k",
        at=NOON,
    )

    assert (await run(suppliers.thank_supplier, thanks)).reached
    message = json.loads(letters[0])["message"]
    assert "9" in message
    assert "incident:1:2:k" in message
    assert "This is what we understood" in message


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"supplier": "Loom"}, "has no supplier 'Loom'"),
        ({"sku_id": "1", "seller_sku": "X"}, "names no supplier of 1"),
    ],
)
async def test_nobody_to_ask_is_said_with_the_file(
    correspondent: Correspondent, tmp_path: Path, changes: dict[str, str], why: str
) -> None:
    book = _book(tmp_path, _mill("json://127.0.0.1:1/"))
    suppliers = SupplierActivities(book=book, correspondent=correspondent)

    asked = await run(suppliers.ask_supplier, _ask(**changes))

    assert not asked.reached
    assert asked.why_not == f"suppliers.yaml {why}"


async def test_without_a_file_or_with_a_broken_one_a_person_is_told(
    correspondent: Correspondent, tmp_path: Path
) -> None:
    none = SupplierActivities(
        book=SupplierBook(tmp_path / "none.yaml"), correspondent=correspondent
    )
    broken = SupplierActivities(
        book=_book(tmp_path, "supplier: []\n"), correspondent=correspondent
    )

    assert "names no supplier" in (await run(none.ask_supplier, _ask())).why_not
    assert "suppliers.yaml:1" in (await run(broken.ask_supplier, _ask())).why_not


async def test_an_address_that_is_none_is_said_without_showing_it(
    correspondent: Correspondent, tmp_path: Path
) -> None:
    book = _book(tmp_path, _mill("carrier-pigeon"))
    suppliers = SupplierActivities(book=book, correspondent=correspondent)

    asked = await run(suppliers.ask_supplier, _ask())

    assert "the address of supplier Mill" in asked.why_not
    assert "pigeon" not in asked.why_not


async def test_a_channel_that_is_away_is_tried_again(
    correspondent: Correspondent, tmp_path: Path
) -> None:
    book = _book(tmp_path, _mill("json://127.0.0.1:1/"))
    suppliers = SupplierActivities(book=book, correspondent=correspondent)

    assert not (await failure(suppliers.ask_supplier, _ask())).non_retryable


async def test_a_shop_that_is_not_connected_waits_for_a_person(
    correspondent: Correspondent, tmp_path: Path
) -> None:
    book = _book(tmp_path, _mill("json://127.0.0.1:1/"))
    suppliers = SupplierActivities(book=book, correspondent=correspondent)

    error = await failure(suppliers.ask_supplier, _ask(shop_id="42"))

    assert (NEEDS_PERSON, True) == (error.type, "setup" in error.message)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "suppliers:\n  - {name: A, address: 'json://a/'}\n  - {name: a, address: 'json://b/'}\n",
            "twice",
        ),
        (f"suppliers:\n  - {{name: A, {_OF_S}}}\n  - {{name: B, {_OF_S}}}\n", "two suppliers"),
        ("suppliers:\n  - {name: A}\n", "address"),
        ("suppliers:\n  - {name: A, address: 'json://a/', zone: Mars/Base}\n", "zone"),
        ("suppliers:\n  - {name: A, adress: 'json://a/'}\n", "did you mean 'address'"),
    ],
)
def test_a_bad_file_of_suppliers_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(PlaybookError, match=reason) as refused:
        parse_suppliers(text, filename="suppliers.yaml")
    assert str(refused.value).startswith("suppliers.yaml:")
    assert "json://" not in str(refused.value)


def test_an_empty_list_knows_nobody() -> None:
    assert SupplierList().named("Mill") is None
    assert SupplierList().of("S") is None


# Host desks


@pytest.fixture
async def shop(records_db: Database, tmp_path: Path) -> AsyncIterator[IncidentShop]:
    async with incident_shop(records_db, tmp_path) as running:
        yield running


def _hosts(
    desks: dict[str, str], correspondent: Correspondent, shop: ShopClient
) -> HostActivities:
    return HostActivities(desks=desks, decides="Anna", correspondent=correspondent, shop=shop)


def _alert(**changes: Any) -> AlertHost:
    given: dict[str, Any] = {
        "incident_id": "incident:1:2:k",
        "shop_id": SHOP,
        "sku_id": SKU,
        "on_hand": 3,
        "at": NOON,
    }
    return AlertHost(**{**given, **changes})


async def test_the_host_hears_what_and_how_many_and_who_decides(
    correspondent: Correspondent, desk: tuple[str, list[str]], shop: IncidentShop
) -> None:
    address, letters = desk
    hosts = _hosts({SHOP: address}, correspondent, shop.house.client)

    alerted = await run(hosts.alert_host, _alert())

    assert alerted.reached
    message = json.loads(letters[0])["message"]
    assert "Floor lamp 1" in message
    assert "FLOOR-1" in message
    assert "Anna" in message


async def test_a_shop_that_does_not_answer_does_not_hold_the_alert_up(
    correspondent: Correspondent, desk: tuple[str, list[str]], shop: IncidentShop
) -> None:
    address, letters = desk
    await shop.house.shops.fault("error", "/product", times=9)
    hosts = _hosts({SHOP: address}, correspondent, shop.house.client)

    assert (await run(hosts.alert_host, _alert(decides="Bo"))).reached
    assert SKU in json.loads(letters[0])["message"]
    assert "Bo" in json.loads(letters[0])["message"]


async def test_a_shop_without_a_host_desk_says_so(
    correspondent: Correspondent, shop: IncidentShop
) -> None:
    alerted = await run(_hosts({}, correspondent, shop.house.client).alert_host, _alert())

    assert f"no host desk of {SHOP} is set" == alerted.why_not
