"""The published credentials and the two shops that stand when no orders file is given."""

from sandbox.store import Doc

APP_KEY = "6sbx0wenhuo1"
APP_SECRET = "5a0db0c5a0db0c5a0db0c5a0db0c5a0db0c5a0d1"
"""An invented example, printed in the documentation; it guards nothing."""

US_SHOP_ID = "7495540735365777501"
TH_SHOP_ID = "7495540735365777502"
US_AUTH_CODE = "sandbox-consent-us"
TH_AUTH_CODE = "sandbox-consent-th"
WAREHOUSES = ("7300000000000000001", "7300000000000000002")


def _sku(sku_id: str, seller_sku: str, name: str, price: tuple[str, str], *available: int) -> Doc:
    """Return a SKU that is kept in as many warehouses as quantities are given."""
    sale_price, currency = price
    return {
        "id": sku_id,
        "seller_sku": seller_sku,
        "sku_name": name,
        "price": {"currency": currency, "sale_price": sale_price},
        "warehouses": [
            {"warehouse_id": warehouse, "available": units}
            for warehouse, units in zip(WAREHOUSES, available, strict=False)
        ],
    }


def _us_products() -> list[Doc]:
    return [
        {
            "id": "1729500000000000101",
            "title": "Down Jacket",
            "skus": [
                _sku("1729500000000001101", "JACKET-RED-M", "Red, M", ("49.90", "USD"), 40),
                _sku("1729500000000001102", "JACKET-BLUE-M", "Blue, M", ("54.90", "USD"), 25),
                _sku("1729500000000001103", "JACKET-RED-S", "Red, S", ("39.90", "USD"), 30),
            ],
        },
        {
            "id": "1729500000000000102",
            "title": "Thermal Socks",
            "skus": [_sku("1729500000000001201", "SOCKS-3P", "3 pairs", ("12.50", "USD"), 200)],
        },
        {
            "id": "1729500000000000103",
            "title": "Ceramic Mug",
            "skus": [_sku("1729500000000001301", "MUG-W", "White", ("18.00", "USD"), 45, 15)],
        },
    ]


def _th_products() -> list[Doc]:
    return [
        {
            "id": "1729500000000000201",
            "title": "เสื้อกันลม",
            "skus": [
                _sku("1729500000000002101", "TH-WIND-L", "L", ("590.00", "THB"), 35),
                _sku("1729500000000002102", "TH-WIND-XL", "XL", ("620.00", "THB"), 20),
            ],
        },
        {
            "id": "1729500000000000202",
            "title": "แก้วเก็บความเย็น",
            "skus": [_sku("1729500000000002201", "TH-CUP", "600 ml", ("290.00", "THB"), 80)],
        },
    ]


def _coupon(coupon_id: str, title: str, amount: str, currency: str, **other: str) -> Doc:
    return {
        "id": coupon_id,
        "title": title,
        "discount": {
            "type": "AMOUNT_OFF",
            "reduction_amount": {"amount": amount, "currency": currency},
        },
        "threshold": {"type": "NONE"},
        **other,
    }


def default_shops() -> list[Doc]:
    """Return a US and a Thai shop, both with chat, in the form of an orders file."""
    return [
        {
            "shop_id": US_SHOP_ID,
            "name": "Wenhuo Sandbox US",
            "region": "US",
            "cipher": "ROW_sbxUSAAAAAxkMbgAAAeVAQra0eZW",
            "auth_code": US_AUTH_CODE,
            "chat": True,
            "products": _us_products(),
            "coupons": [
                _coupon("7262992004278206101", "Sorry, 5 off", "5.00", "USD"),
                _coupon("7262992004278206102", "LIVE only", "8.00", "USD", display_type="LIVE"),
                _coupon("7262992004278206103", "Last month's", "3.00", "USD", status="EXPIRED"),
            ],
        },
        {
            "shop_id": TH_SHOP_ID,
            "name": "Wenhuo Sandbox TH",
            "region": "TH",
            "cipher": "ROW_sbxTHAAAAAxkMbgAAAeVAQra0eZW",
            "auth_code": TH_AUTH_CODE,
            "chat": True,
            "products": _th_products(),
            "coupons": [
                _coupon("7262992004278206201", "ขออภัย ลด 50", "50.00", "THB"),
            ],
        },
    ]
