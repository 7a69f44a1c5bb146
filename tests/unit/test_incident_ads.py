"""The ads of an incident: only what ran is paused, only what we paused is resumed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.ad_maps import parse_ads
from domain.errors import PlaybookError
from domain.incidents import ChangeState
from records.database import Database
from records.incident_changes import IncidentChanges
from sandbox.ads import US_ADVERTISER_ID
from sandbox.shops import US_SHOP_ID
from tests.support.activity_runs import failure
from tests.support.incident_shop import NOON, IncidentShop, incident, incident_shop
from tests.support.incidents import NO_AD, UNKNOWN_AD, ad_group_id, campaign_id, sku_id
from workflows.ports.ads import PauseAds

pytest_plugins = ("tests.support.record_stores",)

_SHOP = "{shop_id: '1', advertiser_id: '2'}"
ON, OFF = ["ENABLE", "ENABLE"], ["DISABLE", "DISABLE"]
SHARED = f"""
shops:
  - shop_id: '{US_SHOP_ID}'
    advertiser_id: '{US_ADVERTISER_ID}'
    skus:
      '{sku_id(1)}': {{campaigns: ['{campaign_id(1)}'], ad_groups: ['{ad_group_id(1)}']}}
      '{sku_id(2)}': {{campaigns: ['{campaign_id(1)}'], ad_groups: ['{ad_group_id(1)}']}}
"""


@pytest.fixture
async def shop(records_db: Database, tmp_path: Path) -> AsyncIterator[IncidentShop]:
    async with incident_shop(records_db, tmp_path) as running:
        yield running


async def test_what_runs_is_paused_and_read_back_and_resumed_at_the_end(
    shop: IncidentShop,
) -> None:
    paused = await shop.pause(1)

    assert OFF == await shop.switches(1)
    assert [(ChangeState.CHANGED, True)] * 2 == [
        (one.state, one.verified) for one in paused.changes
    ]
    assert ("", "") == (paused.why_not, paused.not_touched)
    resumed = await shop.resume(1)
    assert ON == await shop.switches(1)
    assert [ChangeState.UNDONE] * 2 == [one.state for one in resumed.changes]
    assert () == (await shop.resume(1)).changes, "what runs again is not touched once more"


async def test_a_second_try_keeps_what_was_there_before_the_first(shop: IncidentShop) -> None:
    await shop.pause(1)
    again = await shop.pause(1)

    assert ["ENABLE", "ENABLE"] == [one.before for one in again.changes]
    await shop.resume(1)
    assert ON == await shop.switches(1)


async def test_an_ad_that_a_person_had_paused_is_neither_counted_nor_resumed(
    shop: IncidentShop,
) -> None:
    await shop.control("ads", campaign_id=campaign_id(1), operation_status="DISABLE")

    paused = await shop.pause(1)
    assert [f"adgroup:{ad_group_id(1)}"] == [one.target for one in paused.changes]
    await shop.resume(1)

    assert {"DISABLE", "ENABLE"} == set(await shop.switches(1))


async def test_an_ad_that_somebody_switched_since_is_left_alone(shop: IncidentShop) -> None:
    await shop.pause(1)
    await shop.control("ads", campaign_id=campaign_id(1), operation_status="ENABLE")

    resumed = await shop.resume(1)

    states = {one.target.partition(":")[0]: one.state for one in resumed.changes}
    assert {
        "adgroup": ChangeState.UNDONE,
        "campaign": ChangeState.CHANGED_BY_OTHERS,
    } == states
    assert "" == resumed.why_not


async def test_an_ad_deleted_meanwhile_is_a_persons_matter(shop: IncidentShop) -> None:
    await shop.pause(1)
    await shop.control("ads", campaign_id=campaign_id(1), operation_status="DELETE")

    resumed = await shop.resume(1)

    assert f"campaign:{campaign_id(1)}" in resumed.why_not
    assert "TikTok Ads Manager" in resumed.why_not


async def test_an_account_that_accepts_and_does_nothing_is_found_out(shop: IncidentShop) -> None:
    await shop.control("ads", advertiser_id=US_ADVERTISER_ID, stuck=True)

    paused = await shop.pause(1)

    assert [ChangeState.REFUSED] * 2 == [one.state for one in paused.changes]
    assert "the ad still runs" in paused.why_not
    assert () == (await shop.resume(1)).changes, "what was never paused is not resumed"


async def test_a_resumption_that_does_nothing_is_found_out_too(shop: IncidentShop) -> None:
    await shop.pause(1)
    await shop.control("ads", advertiser_id=US_ADVERTISER_ID, stuck=True)

    resumed = await shop.resume(1)
    assert [ChangeState.UNDONE_UNVERIFIED] * 2 == [one.state for one in resumed.changes]
    assert "the ad still stands" in resumed.why_not

    await shop.control("ads", advertiser_id=US_ADVERTISER_ID, stuck=False)
    assert [ChangeState.UNDONE] * 2 == [one.state for one in (await shop.resume(1)).changes]


async def test_an_id_that_is_none_spoils_nothing_else(shop: IncidentShop) -> None:
    paused = await shop.pause(UNKNOWN_AD)

    (change,) = paused.changes
    assert ("campaign:999", ChangeState.REFUSED) == (change.target, change.state)
    assert "correct the map of ads" in paused.why_not


async def test_a_sku_without_ads_says_so(shop: IncidentShop) -> None:
    paused = await shop.pause(NO_AD)

    assert f"ads.yaml maps no ad to {sku_id(NO_AD)}" == paused.not_touched
    assert "" == paused.why_not


async def test_an_outage_is_tried_again_by_the_server(shop: IncidentShop) -> None:
    await shop.house.shops.fault("error", "/open_api", times=1)
    cmd = PauseAds(incident_id=incident(1), shop_id=US_SHOP_ID, sku_id=sku_id(1), at=NOON)

    error = await failure(shop.ads.pause_ads, cmd)

    assert not error.non_retryable
    assert OFF != await shop.switches(1)


async def test_two_incidents_share_an_ad_and_the_last_one_resumes_it(
    records_db: Database, tmp_path: Path
) -> None:
    async with incident_shop(records_db, tmp_path, ad_map=SHARED) as shop:
        await shop.pause(1)
        await shop.pause(2)

        first = await shop.resume(1)
        assert [ChangeState.KEPT] * 2 == [one.state for one in first.changes]
        assert OFF == await shop.switches(1)
        await shop.resume(2)
        assert ON == await shop.switches(1)


async def test_a_pause_that_was_planned_and_lost_is_found_and_undone(
    shop: IncidentShop, records_db: Database
) -> None:
    await shop.house.shops.fault("drop_reply", "/open_api/v1.3/campaign/status", times=1)
    cmd = PauseAds(incident_id=incident(1), shop_id=US_SHOP_ID, sku_id=sku_id(1), at=NOON)
    assert not (await failure(shop.ads.pause_ads, cmd)).non_retryable
    planned = IncidentChanges(records_db).of_incident(incident(1))
    assert {"ENABLE"} == {one.before for one in planned}

    await shop.pause(1)
    await shop.resume(1)
    assert ON == await shop.switches(1)


async def test_without_a_token_a_person_pauses(records_db: Database, tmp_path: Path) -> None:
    async with incident_shop(records_db, tmp_path, token=None) as shop:
        paused = await shop.pause(1)
        assert ON == await shop.switches(1)

    assert "WENHUO_ADS_TOKEN" in paused.why_not


async def test_a_map_that_cannot_be_read_is_told_with_its_line(
    records_db: Database, tmp_path: Path
) -> None:
    async with incident_shop(records_db, tmp_path, ad_map="shops:\n  - shop: 1\n") as shop:
        paused = await shop.pause(1)

    assert "ads.yaml:2" in paused.why_not


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("shops:\n  - {shop_id: '1', advertiser_id: 12345678901234567890}\n", "advertiser_id"),
        ("shops:\n  - {shop_id: '1', advertiser_id: 'x'}\n", "advertiser_id"),
        ("shop: []\n", "there is no key 'shop'"),
        (f"shops:\n  - {_SHOP}\n  - {_SHOP}\n", "is there twice"),
        ("shops:\n  - {shop_id: '1', skus: {'3': {campaigns: [177]}}}\n", "campaigns"),
    ],
)
def test_a_bad_map_of_ads_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(PlaybookError, match=reason) as refused:
        parse_ads(text, filename="ads.yaml")
    assert str(refused.value).startswith("ads.yaml:")


def test_a_map_names_all_four_levels() -> None:
    text = (
        "shops:\n  - shop_id: '1'\n    advertiser_id: '2'\n    skus:\n"
        "      '3': {smart_campaigns: ['4'], smart_ad_groups: ['5']}\n"
    )

    shop = parse_ads(text, filename="ads.yaml").of("1")

    assert shop
    assert (("4",), ("5",), ()) == (
        shop.skus["3"].smart_campaigns,
        shop.skus["3"].smart_ad_groups,
        shop.skus["3"].campaigns,
    )
    assert parse_ads(text, filename="ads.yaml").of("9") is None
