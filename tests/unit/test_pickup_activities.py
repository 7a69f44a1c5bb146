"""What a late pickup does at the shop: looks, books again once, keeps what the shop shows."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from activities.packages import PackageActivities
from activities.troubles import NEEDS_PERSON
from domain.evidence import EvidenceItem
from domain.instants import aware
from domain.orders import OrderStatus
from domain.pickups import PackageStage, Slot
from domain.requirements import RequirementKind as K
from records.database import Database
from sandbox.shops import US_SHOP_ID
from tests.support.activity_runs import ShopHouse, failure, key, now, run, shop_house
from tests.support.vault_files import CASE, blob_files, open_vault
from vault.store import Vault
from workflows.ports import (
    CaptureEvidence,
    CaptureKind,
    EvidenceCaptured,
    PackageLook,
    PackageRef,
    PickupRebooked,
    RebookPickup,
)

pytest_plugins = ("tests.support.record_stores",)

PARCEL, FIRST, SECOND = "1152921000000000071", "576590000000710001", "576590000000710002"
NOT_FOUND, SLOT_GONE = 21011028, 21011053
SCOPE_MISSING = 105005


class Desk(NamedTuple):
    """The activities over a sandbox of their own, and a vault."""

    house: ShopHouse
    vault: Vault
    packages: PackageActivities

    @property
    def sandbox(self) -> Any:
        """The sandbox's controls."""
        return self.house.shops

    async def capture(
        self,
        what: CaptureKind,
        label: str = "opening",
        *,
        package_id: str = PARCEL,
        at: datetime | None = None,
    ) -> EvidenceCaptured:
        """Capture one kind of the shop's data."""
        cmd = CaptureEvidence(
            case_id=CASE,
            shop_id=US_SHOP_ID,
            package_id=package_id,
            what=what,
            label=label,
            at=at or now(),
        )
        return await run(self.packages.capture_evidence, cmd)

    def items(self) -> list[EvidenceItem]:
        """What the vault holds of the case."""
        return self.vault.of_case(CASE)

    def document(self, item: EvidenceItem) -> dict[str, Any]:
        """Return a JSON document of the vault."""
        content = b"".join(self.vault.checked(item.evidence_id, actor="test"))
        found: dict[str, Any] = json.loads(content)
        return found


@pytest.fixture
async def desk(records_db: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    async with shop_house(records_db) as house:
        await put_parcel(house)
        vault = open_vault(records_db, tmp_path, clock=now)
        yield Desk(house, vault, PackageActivities(house.client, vault))


async def put_parcel(house: ShopHouse, **slot: Any) -> None:
    """Put a parcel of two orders into the shop whose slot has passed."""
    parcel = {"id": PARCEL, "pickup_slot": slot or {"start_time": "-21600", "end_time": "-7200"}}
    for order_id in (FIRST, SECOND):
        await house.order(order_id, status="AWAITING_COLLECTION", packages=[parcel])


def rebook(missed: Slot | None, *, at: datetime | None = None) -> RebookPickup:
    return RebookPickup(
        key=key("rebook:1"), shop_id=US_SHOP_ID, package_id=PARCEL, missed=missed, at=at or now()
    )


async def missed_slot(desk: Desk) -> Slot:
    slot = (await desk.sandbox.package(PARCEL))["pickup_slot"]
    return Slot.model_validate({"start": slot["start_time"], "end": slot["end_time"]})


async def bookings(desk: Desk) -> int:
    shipments = (await desk.sandbox.effects())["shipments"]
    return len(
        [one for one in shipments if (one["event"], one["order_id"]) == ("rebooked", FIRST)]
    )


# Looking


async def test_a_look_brings_the_parcel_and_its_orders_in_the_parcels_order(desk: Desk) -> None:
    ref = PackageRef(shop_id=US_SHOP_ID, package_id=PARCEL)
    look = await run(desk.packages.look_at_package, ref)

    assert look.package is not None
    assert PackageStage.WAITING is look.package.stage
    assert (FIRST, SECOND) == look.package.order_ids
    assert [FIRST, SECOND] == [order.order_id for order in look.orders]
    assert await missed_slot(desk) == look.package.slot
    assert {} == look.cancellations


async def test_cancellations_are_asked_for_only_where_there_may_be_any(desk: Desk) -> None:
    ref = PackageRef(shop_id=US_SHOP_ID, package_id=PARCEL)
    await run(desk.packages.look_at_package, ref)
    assert [] == await desk.sandbox.calls("/cancellations/search")

    await desk.house.order(FIRST, status="CANCELLED")
    look = await run(desk.packages.look_at_package, ref)

    assert 1 == len(await desk.sandbox.calls("/cancellations/search"))
    assert OrderStatus.CANCELLED is look.orders[0].status


async def test_an_unknown_package_is_no_failure(desk: Desk) -> None:
    ref = PackageRef(shop_id=US_SHOP_ID, package_id="1152921000000009999")

    assert PackageLook() == await run(desk.packages.look_at_package, ref)


async def test_a_shop_that_refuses_waits_for_a_person(desk: Desk) -> None:
    await desk.sandbox.fault("refuse", "/fulfillment", code=SCOPE_MISSING)

    ref = PackageRef(shop_id=US_SHOP_ID, package_id=PARCEL)
    assert NEEDS_PERSON == (await failure(desk.packages.look_at_package, ref)).type


# Booking again


async def test_the_earliest_free_slot_is_booked_once(desk: Desk) -> None:
    missed = await missed_slot(desk)
    began = now()

    first = await run(desk.packages.rebook_pickup, rebook(missed, at=began))
    again = await run(desk.packages.rebook_pickup, rebook(missed, at=began), attempt=2)

    assert first.slot is not None
    assert aware(first.slot.start) >= began
    assert await missed_slot(desk) == first.slot
    assert first == again
    assert 1 == await bookings(desk)


async def test_a_booking_that_somebody_else_made_counts(desk: Desk) -> None:
    missed = await missed_slot(desk)
    await put_parcel(desk.house, start_time="+3600", end_time="+7200")

    booked = await run(desk.packages.rebook_pickup, rebook(missed))

    assert await missed_slot(desk) == booked.slot
    assert 0 == await bookings(desk)


async def test_a_parcel_that_went_meanwhile_is_left_alone(desk: Desk) -> None:
    missed = await missed_slot(desk)
    await desk.sandbox.carrier(PARCEL, "scanned")

    answer = await run(desk.packages.rebook_pickup, rebook(missed))

    assert answer.moved
    assert answer.slot is None
    assert 0 == await bookings(desk)


@pytest.mark.parametrize(
    "case", ["no slot is free", "slots are unknown", "the platform does not rebook"]
)
async def test_where_nothing_can_be_booked_the_answer_says_why(case: str, desk: Desk) -> None:
    missed, at = await missed_slot(desk), now()
    if case == "no slot is free":
        at += timedelta(days=3)
    elif case == "slots are unknown":
        await desk.sandbox.fault("refuse", "/fulfillment", code=NOT_FOUND, match="slots")
    else:
        await put_parcel(desk.house, start_time="-9000", end_time="-7200")
        await desk.sandbox.fault("refuse", "/fulfillment", method="POST", code=SLOT_GONE)

    answer = await run(desk.packages.rebook_pickup, rebook(missed, at=at))

    said = "does not let" if case == "the platform does not rebook" else "no free pickup slot"
    assert PickupRebooked(why_not=answer.why_not) == answer
    assert said in answer.why_not
    assert 0 == await bookings(desk)


# Capturing


async def test_a_booking_is_kept_in_the_platforms_own_words(desk: Desk) -> None:
    captured = await desk.capture(CaptureKind.BOOKING)

    assert [K.BOOKING_CONFIRMATION] == [one.kind for one in captured.held]
    (item,) = desk.items()
    report = desk.document(item)["platform_answer"]
    answer = json.loads(report["answer"])
    assert PARCEL == answer["data"]["package_id"]
    assert report["request_id"] == answer["request_id"]
    assert report["received_at"].endswith("Z")
    assert PARCEL in report["path"]


async def test_a_parcel_without_a_slot_proves_no_booking(desk: Desk) -> None:
    parcel = {"id": PARCEL, "pickup_slot": {}}
    await desk.house.order(FIRST, status="AWAITING_COLLECTION", packages=[parcel])

    captured = await desk.capture(CaptureKind.BOOKING)

    assert [K.ORDER_RECORD] == [one.kind for one in captured.held]


async def test_tracking_is_kept_for_each_order(desk: Desk) -> None:
    captured = await desk.capture(CaptureKind.TRACKING)

    assert {K.TRACKING} == {one.kind for one in captured.held}
    names = {item.name for item in desk.items()}
    assert {f"tracking-{FIRST}-opening.json", f"tracking-{SECOND}-opening.json"} == names


async def test_the_manifest_is_kept_as_table_and_as_document(desk: Desk) -> None:
    captured = await desk.capture(CaptureKind.MANIFEST)

    assert {K.DISPATCH_MANIFEST} == {one.kind for one in captured.held}
    document, table = sorted(desk.items(), key=lambda item: item.media_type)
    assert [f"dispatch-manifest-{PARCEL}-opening.{form}" for form in ("csv", "json")] == [
        table.name,
        document.name,
    ]
    listed = desk.document(document)["dispatch_manifest"]["orders"]
    assert [FIRST, SECOND] == [one["order_id"] for one in listed]


async def test_the_clocks_of_the_orders_are_kept(desk: Desk) -> None:
    captured = await desk.capture(CaptureKind.CLOCKS)

    (item,) = desk.items()
    assert [K.ORDER_RECORD] == [one.kind for one in captured.held]
    (clocks,) = desk.document(item).values()
    assert [FIRST, SECOND] == [one["order_id"] for one in clocks["orders"]]


@pytest.mark.parametrize("what", CaptureKind)
async def test_a_repeat_adds_nothing_and_a_later_capture_does(
    what: CaptureKind, desk: Desk, tmp_path: Path
) -> None:
    """Rule: the answer to a repeat has another request id, and still is no second proof."""
    began = now()
    first = await desk.capture(what, at=began)
    blobs = len(blob_files(tmp_path))
    assert first == await desk.capture(what, at=began + timedelta(seconds=5))
    assert len(first.held) == len(desk.items())
    assert blobs == len(blob_files(tmp_path))

    later = await desk.capture(what, "collected", at=began + timedelta(hours=1))

    assert {one.evidence_id for one in later.held} - {one.evidence_id for one in first.held}
    assert {"shop_api"} == {item.source for item in desk.items()}


@pytest.mark.parametrize("what", CaptureKind)
async def test_an_unknown_package_shows_nothing(what: CaptureKind, desk: Desk) -> None:
    captured = await desk.capture(what, package_id="1152921000000009999")

    assert () == captured.held
    assert "does not know package" in captured.why_not
    assert [] == desk.items()
