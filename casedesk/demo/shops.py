"""The two shops of the demo: what they sell, what is oversold, how they make up for it."""

from dataclasses import dataclass
from datetime import timedelta

from domain.money import Money

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Sku:
    """One SKU of a demo shop."""

    sku_id: str
    seller_sku: str
    product_id: str
    title: str
    name: str
    price: Money
    available: int
    """Units that the shop sells further."""


@dataclass(frozen=True)
class DemoAds:
    """What advertises the SKU of a shop's incident."""

    advertiser_id: str
    campaign_id: str
    ad_group_id: str


@dataclass(frozen=True)
class DemoShop:
    """One shop and its trouble."""

    shop_id: str
    region: str
    cipher: str
    auth_code: str
    name: str
    short: Sku
    """Oversold, found in an export."""
    dearer: Sku
    other: Sku
    scarce: Sku
    """Oversold, led as an incident."""
    ads: DemoAds
    coupon: tuple[str, str, Money]
    """Id, title, what it takes off."""
    gift: str
    discounts: tuple[str, str]
    """Off a later order for who waits long: what is offered first, and what at the most."""
    approve_above: str | None
    first_order: int
    due_in: timedelta
    """From discovery until the platform cancels."""
    restock_in: timedelta
    """The date first promised."""
    slips_to: timedelta | None
    leaves_in: timedelta
    """When the parcels of those who waited leave."""


def _sku(
    product: int,
    number: int,
    seller_sku: str,
    *,
    title: str,
    name: str,
    price: Money,
    available: int = 90,
) -> Sku:
    return Sku(
        sku_id=f"17295000000000{number:05d}",
        seller_sku=seller_sku,
        product_id=f"17295000000000{product:05d}",
        title=title,
        name=name,
        price=price,
        available=available,
    )


def _usd(minor: int) -> Money:
    return Money(amount_minor=minor, currency="USD")


def _thb(minor: int) -> Money:
    return Money(amount_minor=minor, currency="THB")


def _ads(number: int) -> DemoAds:
    return DemoAds(
        advertiser_id=f"7400000000000000{number:03d}",
        campaign_id=f"1770000000000000{number:03d}",
        ad_group_id=f"1780000000000000{number:03d}",
    )


US = DemoShop(
    shop_id="7495540735365777511",
    region="US",
    cipher="ROW_demoUSAAAAxkMbgAAAeVAQra0eZW",
    auth_code="demo-consent-us",
    name="Wenhuo Demo US",
    short=_sku(111, 1111, "JACKET-RED-M", title="Down Jacket", name="Red, M", price=_usd(4990)),
    dearer=_sku(111, 1112, "JACKET-BLUE-M", title="Down Jacket", name="Blue, M", price=_usd(5490)),
    other=_sku(112, 1121, "MUG-W", title="Ceramic Mug", name="White", price=_usd(1800)),
    scarce=_sku(
        113, 1131, "LAMP-OAK", title="Desk Lamp", name="Oak", price=_usd(3900), available=6
    ),
    ads=_ads(111),
    coupon=("7262992004278206111", "Sorry, 5 off", _usd(500)),
    gift="a pair of thermal socks",
    discounts=("3.00", "6.00"),
    approve_above="120.00",
    first_order=576_460_752_000_200_000,
    due_in=140 * _HOUR,
    restock_in=72 * _HOUR,
    slips_to=None,
    leaves_in=68 * _HOUR,
)
TH = DemoShop(
    shop_id="7495540735365777512",
    region="TH",
    cipher="ROW_demoTHAAAAxkMbgAAAeVAQra0eZW",
    auth_code="demo-consent-th",
    name="Wenhuo Demo TH",
    short=_sku(211, 2111, "TH-WIND-L", title="เสื้อกันลม", name="L", price=_thb(59000)),
    dearer=_sku(211, 2112, "TH-WIND-XL", title="เสื้อกันลม", name="XL", price=_thb(62000)),
    other=_sku(212, 2121, "TH-CUP", title="แก้วเก็บความเย็น", name="600 ml", price=_thb(29000)),
    scarce=_sku(
        213, 2131, "TH-SCARF", title="ผ้าพันคอ", name="สีเทา", price=_thb(35000), available=5
    ),
    ads=_ads(211),
    coupon=("7262992004278206112", "ขออภัย ลด 50", _thb(5000)),
    gift="ถุงเท้า 1 คู่",
    discounts=("20.00", "40.00"),
    approve_above=None,
    first_order=576_460_753_000_600_000,
    due_in=68 * _HOUR,
    restock_in=32 * _HOUR,
    slips_to=54 * _HOUR,
    leaves_in=51 * _HOUR,
)
SHOPS = (US, TH)
