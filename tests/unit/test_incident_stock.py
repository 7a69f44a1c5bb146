"""The stock of an incident: zeroed, read back, and given back as it should be."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.incidents import ChangeState
from records.database import Database
from records.incident_changes import IncidentChanges
from sandbox.shops import US_SHOP_ID, WAREHOUSES
from tests.support.activity_runs import failure, run
from tests.support.incident_shop import NOON, IncidentShop, incident, incident_shop
from tests.support.incidents import HAS, REFUSING, TWO_PLACES, sku_id
from workflows.ports.stock import StopSelling, SwitchListing

pytest_plugins = ("tests.support.record_stores",)

UPDATE = "/product/202309/products"
FIRST, SECOND = WAREHOUSES


@pytest.fixture
async def shop(records_db: Database, tmp_path: Path) -> AsyncIterator[IncidentShop]:
    async with incident_shop(records_db, tmp_path) as running:
        yield running


async def test_every_warehouse_is_emptied_and_read_back(shop: IncidentShop) -> None:
    stopped = await shop.stop(TWO_PLACES)

    assert {FIRST: 0, SECOND: 0} == await shop.places(TWO_PLACES)
    assert [(ChangeState.CHANGED, str(HAS), "0", True)] * 2 == [
        (one.state, one.before, one.after, one.verified) for one in stopped.changes
    ]
    assert (f"FLOOR-{TWO_PLACES}", f"Floor lamp {TWO_PLACES}", "") == (
        stopped.seller_sku,
        stopped.product_name,
        stopped.why_not,
    )


async def test_a_lost_answer_is_looked_after_and_the_first_count_is_kept(
    shop: IncidentShop,
) -> None:
    await shop.house.shops.fault("drop_reply", UPDATE, times=1, method="POST")
    cmd = StopSelling(incident_id=incident(1), shop_id=US_SHOP_ID, sku_id=sku_id(1), at=NOON)
    error = await failure(shop.stock.stop_selling, cmd)
    assert not error.non_retryable

    stopped = await shop.stop(1, attempt=2)

    (change,) = stopped.changes
    assert (ChangeState.CHANGED, str(HAS)) == (change.state, change.before)
    calls = await shop.house.shops.calls("/inventory/update")
    assert 1 == len(calls), "what is zero already is not set again"


async def test_a_refused_zero_says_what_is_still_on_sale(shop: IncidentShop) -> None:
    stopped = await shop.stop(REFUSING)

    (change,) = stopped.changes
    assert (ChangeState.REFUSED, False) == (change.state, change.verified)
    assert "still on sale" in stopped.why_not
    assert "Seller Center" in stopped.why_not
    assert () == (await shop.sell(REFUSING, 3)).changes
    assert {FIRST: HAS} == await shop.places(REFUSING)


async def test_a_sku_that_the_shop_does_not_know_is_a_persons_matter(shop: IncidentShop) -> None:
    stopped = await shop.stop(99_999)

    assert "does not know SKU" in stopped.why_not
    assert () == stopped.changes


async def test_what_was_empty_before_is_not_ours(shop: IncidentShop) -> None:
    await shop.control("stock", shop_id=US_SHOP_ID, sku_id=sku_id(1), available=0)

    assert () == (await shop.stop(1)).changes
    assert () == (await shop.sell(1, 7)).changes
    assert {FIRST: 0} == await shop.places(1)


@pytest.mark.parametrize(
    ("units", "after", "state"),
    [
        (5, {FIRST: 5, SECOND: 0}, ChangeState.UNDONE),
        (HAS + 3, {FIRST: HAS, SECOND: 3}, ChangeState.UNDONE),
        (None, {FIRST: HAS, SECOND: HAS}, ChangeState.UNDONE),
        (0, {FIRST: 0, SECOND: 0}, ChangeState.KEPT),
    ],
)
async def test_what_is_free_is_sold_again_where_it_was_sold_before(
    shop: IncidentShop, units: int | None, after: dict[str, int], state: ChangeState
) -> None:
    await shop.stop(TWO_PLACES)

    resumed = await shop.sell(TWO_PLACES, units)

    assert after == await shop.places(TWO_PLACES)
    assert state is resumed.changes[0].state
    assert "" == resumed.why_not
    assert () == (await shop.sell(TWO_PLACES, units)).changes, "once is enough"


async def test_what_somebody_set_since_counts(shop: IncidentShop) -> None:
    await shop.stop(1)
    await shop.control("stock", shop_id=US_SHOP_ID, sku_id=sku_id(1), available=9)

    resumed = await shop.sell(1, 4)

    assert [ChangeState.CHANGED_BY_OTHERS] == [one.state for one in resumed.changes]
    assert {FIRST: 9} == await shop.places(1)


async def test_units_that_are_on_sale_already_are_a_lost_answer_of_ours(
    shop: IncidentShop,
) -> None:
    await shop.stop(1)
    await shop.control("stock", shop_id=US_SHOP_ID, sku_id=sku_id(1), available=4)

    resumed = await shop.sell(1, 4)

    (change,) = resumed.changes
    assert (ChangeState.UNDONE, True) == (change.state, change.verified)


async def test_a_refused_resumption_is_a_task_and_can_be_repeated(shop: IncidentShop) -> None:
    await shop.stop(1)
    await shop.house.shops.fault("refuse", UPDATE, times=1, method="POST", code=12052048)

    resumed = await shop.sell(1, 4)
    assert [ChangeState.UNDONE_UNVERIFIED] == [one.state for one in resumed.changes]
    assert "not on sale again" in resumed.why_not

    again = await shop.sell(1, 4)
    assert [ChangeState.UNDONE] == [one.state for one in again.changes]
    assert {FIRST: 4} == await shop.places(1)


async def test_a_listing_goes_off_and_comes_back_with_a_word_about_the_audit(
    shop: IncidentShop, records_db: Database
) -> None:
    product = (await shop.stop(1)).product_id

    def cmd(*, active: bool) -> SwitchListing:
        return SwitchListing(
            incident_id=incident(1),
            shop_id=US_SHOP_ID,
            product_id=product,
            active=active,
            at=NOON,
        )

    off = await run(shop.stock.switch_listing, cmd(active=False))
    assert (ChangeState.CHANGED, "on sale", "off sale") == (off.state, off.before, off.after)
    back = await run(shop.stock.switch_listing, cmd(active=True))
    assert ChangeState.UNDONE is back.state
    assert "audits" in back.why
    kinds = {one.target.kind for one in IncidentChanges(records_db).of_incident(incident(1))}
    assert {"inventory", "listing"} == kinds


async def test_a_listing_that_refuses_is_told_with_the_reason(shop: IncidentShop) -> None:
    cmd = SwitchListing(
        incident_id=incident(1),
        shop_id=US_SHOP_ID,
        product_id="1729500000000699999",
        active=False,
        at=NOON,
    )

    off = await run(shop.stock.switch_listing, cmd)

    assert ChangeState.REFUSED is off.state
    assert off.why
