"""Carriers: who is written to where, by when an answer is asked for, what waits for a person."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.carriers import ANSWER_WITHIN, CarrierActivities, CarrierBook
from activities.letters import LetterWriter
from activities.troubles import NEEDS_PERSON
from domain.carriers import CarrierList, parse_carriers
from domain.errors import PlaybookError
from domain.pickups import PackageStage
from records.database import Database
from records.shops import ShopDirectory, ShopRecord
from tests.support.activity_runs import failure, key, run
from tests.support.parcels import DUE, FIRST, SLOT
from tests.support.pickups import carrier_letters
from tiktok_shop.fulfillment import PackageStatus, ShopPackage
from tiktok_shop.parcels import parcel_of
from workflows.ports import AskCarrier

pytest_plugins = ("tests.support.record_stores",)

LETTERS = Path(__file__).parents[2] / "playbooks" / "letters"
PARCEL, SHOP, NOW = "1152921000000000091", "7001", SLOT.end + timedelta(hours=1)
FLASH = "carriers:\n  - {name: Flash Express, address: 'json://127.0.0.1:1/', language: en}\n"


@pytest.fixture(scope="module")
def writer() -> LetterWriter:
    return LetterWriter(LETTERS)


@pytest.fixture
def book(tmp_path: Path) -> CarrierBook:
    return CarrierBook(tmp_path / "carriers.yaml")


@pytest.fixture
def carriers(book: CarrierBook, writer: LetterWriter, records_db: Database) -> CarrierActivities:
    shops = ShopDirectory(records_db)
    shops.put(
        ShopRecord(
            shop_id=SHOP,
            name="Nine Lanterns",
            region="TH",
            cipher="c",
            contact_mode=None,
            checked_at=NOW,
        )
    )
    return CarrierActivities(book=book, writer=writer, shops=shops)


def asked(**changes: Any) -> AskCarrier:
    """Return the first question to the carrier of a parcel in Thailand."""
    given: dict[str, Any] = {
        "key": key("carrier:0"),
        "shop_id": SHOP,
        "carrier": "Flash Express",
        "package_id": PARCEL,
        "order_ids": (FIRST,),
        "tracking_number": "TH7",
        "missed": SLOT,
        "due_at": DUE,
        "market": "TH",
        "zone": "Asia/Bangkok",
        "language": "en",
        "at": NOW,
    }
    return AskCarrier(**given | changes)


# The file


def test_a_carrier_is_found_in_any_case_of_letters_and_all_others_by_a_star() -> None:
    text = FLASH + "  - {name: '*', address: 'json://127.0.0.1:2/', answer_within: 2h}\n"
    known = parse_carriers(text, filename="carriers.yaml")

    for name in ("Flash Express", "FLASH express ", "flash express"):
        found = known.named(name)
        assert (found and found.name, found and found.language) == ("Flash Express", "en")
    other = known.named("J&T")
    assert other is not None
    assert timedelta(hours=2) == other.answer_within
    assert "127.0.0.1" not in repr(known)


def test_a_carrier_without_an_entry_is_not_known() -> None:
    assert parse_carriers(FLASH, filename="x").named("J&T") is None
    assert CarrierList().named("J&T") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FLASH + "  - {name: FLASH EXPRESS, address: 'json://b/'}\n", "named twice"),
        ("carriers:\n  - {name: '', address: 'json://b/'}\n", "name"),
        ("carriers:\n  - {name: J&T}\n", "address"),
        ("carriers:\n  - {name: J&T, address: a, zone: Mars/Olympus}\n", "zone"),
        ("carriers:\n  - {name: J&T, address: a, answer_within: soon}\n", "soon"),
        ("carrier: []\n", "carrier"),
    ],
)
def test_a_file_that_does_not_hold_together_names_file_and_reason(text: str, said: str) -> None:
    with pytest.raises(PlaybookError, match=said) as refused:
        parse_carriers(text, filename="carriers.yaml")
    assert "carriers.yaml" in str(refused.value)


def test_the_file_is_read_again_when_it_has_changed(book: CarrierBook, tmp_path: Path) -> None:
    assert book.named("Flash Express") is None
    (tmp_path / "carriers.yaml").write_text(FLASH)
    assert book.named("Flash Express") is not None


# The letters


async def test_without_an_address_the_text_is_handed_out_with_the_reason(
    carriers: CarrierActivities,
) -> None:
    answer = await run(carriers.ask_carrier, asked())

    assert not answer.reached
    assert "carriers.yaml has no address for Flash Express" == answer.why_not
    for fact in (PARCEL, "TH7", "Nine Lanterns"):
        assert fact in answer.text
    assert FIRST not in answer.text


async def test_a_parcel_whose_carrier_nobody_names_reads_so(carriers: CarrierActivities) -> None:
    answer = await run(carriers.ask_carrier, asked(carrier=""))

    assert "carriers.yaml has no address for the carrier" == answer.why_not


async def test_an_address_nobody_understands_names_the_carrier_and_not_the_address(
    carriers: CarrierActivities, tmp_path: Path
) -> None:
    (tmp_path / "carriers.yaml").write_text("carriers: [{name: '*', address: 'secret'}]\n")

    answer = await run(carriers.ask_carrier, asked())

    assert not answer.reached
    assert "not one apprise understands" in answer.why_not
    assert "secret" not in answer.why_not


async def test_a_file_that_cannot_be_read_waits_for_a_person(
    carriers: CarrierActivities, tmp_path: Path
) -> None:
    (tmp_path / "carriers.yaml").write_text("carriers: 7\n")

    assert NEEDS_PERSON == (await failure(carriers.ask_carrier, asked())).type


async def test_a_carrier_with_an_address_gets_the_letter_in_its_own_words_and_time(
    carriers: CarrierActivities, tmp_path: Path
) -> None:
    async with carrier_letters() as (address, letters):
        (tmp_path / "carriers.yaml").write_text(
            f"carriers: [{{name: Flash Express, address: '{address}', "
            "addressee: Pickup desk, language: th, zone: UTC}]\n"
        )
        answer = await run(carriers.ask_carrier, asked())
        chase = await run(carriers.ask_carrier, asked(rung=1, asked_at=NOW, at=DUE))

    assert answer.reached
    assert chase.reached
    assert 2 == len(letters)
    assert answer.text != chase.text
    assert any("\u0e00" <= letter <= "\u0e7f" for letter in answer.text)


async def test_a_carrier_that_cannot_be_reached_is_tried_again(
    carriers: CarrierActivities, tmp_path: Path
) -> None:
    (tmp_path / "carriers.yaml").write_text(FLASH)

    assert not (await failure(carriers.ask_carrier, asked())).non_retryable


@pytest.mark.parametrize(
    ("due_in", "answer_in"),
    [
        (ANSWER_WITHIN + timedelta(minutes=1), ANSWER_WITHIN),
        (timedelta(minutes=30), timedelta(minutes=30)),
        (None, ANSWER_WITHIN),
    ],
)
async def test_an_answer_is_asked_for_before_the_platform_cancels(
    due_in: timedelta | None, answer_in: timedelta, carriers: CarrierActivities
) -> None:
    due_at = NOW + due_in if due_in else None

    answer = await run(carriers.ask_carrier, asked(due_at=due_at, zone="UTC"))

    assert f" {NOW + answer_in:%-I:%M}" in answer.text.partition("answer by")[2]


# What the platform says of a parcel


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        (PackageStatus.TO_FULFILL, PackageStage.NOT_READY),
        (PackageStatus.PROCESSING, PackageStage.WAITING),
        (PackageStatus.FULFILLING, PackageStage.COLLECTED),
        (PackageStatus.COMPLETED, PackageStage.DELIVERED),
        (PackageStatus.CANCELLED, PackageStage.CANCELLED),
        (PackageStatus.UNKNOWN, PackageStage.UNKNOWN),
    ],
)
def test_a_package_of_the_platform_stands_where_the_rules_know_it(
    status: PackageStatus, stage: PackageStage
) -> None:
    found = ShopPackage(package_id=PARCEL, status=status, carrier="J&T", tracking_number="T")

    parcel = parcel_of(found)

    assert (stage, PARCEL, "J&T", "T") == (
        parcel.stage,
        parcel.package_id,
        parcel.carrier,
        parcel.tracking_number,
    )
    assert parcel.slot is None


@pytest.mark.parametrize("given", [{"pickup_from": NOW}, {"pickup_until": NOW}])
def test_half_a_slot_is_none(given: dict[str, Any]) -> None:
    found = ShopPackage(package_id=PARCEL, status=PackageStatus.PROCESSING, **given)

    assert parcel_of(found).slot is None
