"""What the groups of calls share."""

from tiktok_shop.gateway import Gateway


class Party:
    """A group of typed calls through one gateway; ShopClient joins the groups."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
