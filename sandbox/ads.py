"""Advertisers with campaigns and ad groups: taking them in, switching them, showing them."""

from enum import StrEnum

from sandbox.errors import ControlError
from sandbox.shops import TH_SHOP_ID, US_SHOP_ID
from sandbox.store import Doc, Table
from sandbox.world import World

ADS_TOKEN = "sandbox-ads-token"  # an invented example, printed in the documentation
US_ADVERTISER_ID = "7400000000000000101"
TH_ADVERTISER_ID = "7400000000000000201"
STATES = ("ENABLE", "DISABLE", "DELETE")


class Level(StrEnum):
    """What can be switched; the value is the API's word for it."""

    CAMPAIGN = "campaign"
    AD_GROUP = "adgroup"

    @property
    def id_field(self) -> str:
        """Return the name of an id of this level."""
        return f"{self.value}_id"


def table_of(world: World, level: Level) -> Table:
    """Return the campaigns or the ad groups."""
    return world.campaigns if level is Level.CAMPAIGN else world.adgroups


def default_advertisers() -> list[Doc]:
    """Return the advertisers of the two default shops; each SKU of them has an ad."""
    return [
        {
            "advertiser_id": US_ADVERTISER_ID,
            "shop_id": US_SHOP_ID,
            "name": "Wenhuo Sandbox US ads",
            "campaigns": [
                _campaign("101", "Down Jacket LIVE", "1101", "1102", "1103"),
                _campaign("102", "Socks and mugs", "1201", "1301"),
            ],
        },
        {
            "advertiser_id": TH_ADVERTISER_ID,
            "shop_id": TH_SHOP_ID,
            "name": "Wenhuo Sandbox TH ads",
            "campaigns": [_campaign("201", "เสื้อกันลม LIVE", "2101", "2102", "2201")],
        },
    ]


def _campaign(number: str, name: str, *skus: str) -> Doc:
    """Return a campaign with one ad group per SKU, numbered like the SKU."""
    groups = [
        {
            "adgroup_id": f"178000000000000{sku}",
            "adgroup_name": f"{name}, SKU {sku}",
            "sku_ids": [f"172950000000000{sku}"],
        }
        for sku in skus
    ]
    return {
        "campaign_id": f"1770000000000000{number}",
        "campaign_name": name,
        "sku_ids": [sku_id for group in groups for sku_id in group["sku_ids"]],
        "adgroups": groups,
    }


def add_advertiser(world: World, raw: Doc) -> None:
    """Take in an advertiser with its campaigns and their ad groups.

    Raises:
        ControlError: An id is missing or a state is not known.
    """
    advertiser_id = _needed(raw, "advertiser_id")
    advertiser = {
        "advertiser_id": advertiser_id,
        "shop_id": str(raw.get("shop_id", "")),
        "name": raw.get("name", f"Advertiser {advertiser_id[-4:]}"),
        "access_token": str(raw.get("access_token", ADS_TOKEN)),
        "stuck": bool(raw.get("stuck", False)),
    }
    world.advertisers.put(advertiser_id, advertiser)
    for campaign in raw.get("campaigns", []):
        held = _ad(campaign, Level.CAMPAIGN, advertiser_id)
        world.campaigns.put(held["campaign_id"], held)
        for group in campaign.get("adgroups", []):
            of = {"campaign_id": held["campaign_id"]}
            world.adgroups.put(
                str(group["adgroup_id"]), _ad(group, Level.AD_GROUP, advertiser_id) | of
            )


def _ad(raw: Doc, level: Level, advertiser_id: str) -> Doc:
    ad_id, name = _needed(raw, level.id_field), f"{level.value}_name"
    state = raw.get("operation_status", "ENABLE")
    if state not in STATES:
        raise ControlError(f"{level.value} {ad_id}: {state!r} is not one of {', '.join(STATES)}")
    return {
        level.id_field: ad_id,
        "advertiser_id": advertiser_id,
        name: raw.get(name, f"{level.value} {ad_id[-4:]}"),
        "operation_status": state,
        "sku_ids": [str(sku_id) for sku_id in raw.get("sku_ids", [])],
    }


def _needed(raw: Doc, name: str) -> str:
    if not raw.get(name):
        raise ControlError(f"an advertiser, campaign or ad group has no {name}")
    return str(raw[name])


def switch(world: World, level: Level, ad: Doc, operation: str) -> None:
    """Switch a campaign or ad group through the API and write it down.

    An advertiser that is stuck takes the call and changes nothing, as accounts under
    punishment were seen to do.
    """
    advertiser = world.advertisers.rows[ad["advertiser_id"]]
    if advertiser["stuck"]:
        return
    ad["operation_status"] = operation
    table_of(world, level).put(ad[level.id_field], ad)
    named = {name: ad[name] for name in ("campaign_id", "adgroup_id") if name in ad}
    owner = {name: advertiser[name] for name in ("advertiser_id", "shop_id")}
    world.record_effect("ads", owner | named | {"level": level.value, "operation": operation})


def add_or_change(world: World, given: Doc) -> Doc:
    """Add an advertiser with its campaigns, or do as `_change` says; never an effect.

    Raises:
        ControlError: Nothing known is named, or an id is missing.
    """
    if "campaigns" in given:
        add_advertiser(world, given)
        return world.advertisers.rows[str(given["advertiser_id"])]
    return _change(world, given)


def _change(world: World, given: Doc) -> Doc:
    """Set the state of a campaign or ad group, or make an advertiser stuck."""
    advertiser = world.advertisers.get(str(given.get("advertiser_id", "")))
    if advertiser is not None and "stuck" in given:
        return world.advertisers.put(
            advertiser["advertiser_id"], advertiser | {"stuck": bool(given["stuck"])}
        )
    level = Level.AD_GROUP if "adgroup_id" in given else Level.CAMPAIGN
    ad = table_of(world, level).get(str(given.get(level.id_field, "")))
    state = given.get("operation_status")
    if ad is None:
        raise ControlError(f"{level.value} {given.get(level.id_field)!r} is not known")
    if state not in STATES:
        raise ControlError(f"{state!r} is not one of {', '.join(STATES)}")
    ad["operation_status"] = state
    return table_of(world, level).put(ad[level.id_field], ad)


def control_view(world: World) -> list[Doc]:
    """Return all advertisers with their campaigns and ad groups."""
    campaigns, groups = world.campaigns.all(), world.adgroups.all()
    return [
        advertiser
        | {
            "campaigns": [c for c in campaigns if c["advertiser_id"] == advertiser_id],
            "adgroups": [g for g in groups if g["advertiser_id"] == advertiser_id],
        }
        for advertiser_id, advertiser in world.advertisers.rows.items()
    ]
