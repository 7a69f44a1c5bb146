"""Webhook registrations of a shop.

Source: TikTok Shop API, event 202309 (docs, autumn 2026).
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from tiktok_shop.gateway import refuse
from tiktok_shop.party import Party
from tiktok_shop.versions import Operation
from tiktok_shop.wire import Wire

_ADDRESS_LIMIT = 255


class EventTopic(StrEnum):
    """Topics the product registers for, by the name registration uses."""

    ORDER_STATUS_CHANGE = "ORDER_STATUS_CHANGE"
    PACKAGE_UPDATE = "PACKAGE_UPDATE"
    SELLER_DEAUTHORIZATION = "SELLER_DEAUTHORIZATION"
    UPCOMING_AUTHORIZATION_EXPIRATION = "UPCOMING_AUTHORIZATION_EXPIRATION"
    CANCELLATION_STATUS_CHANGE = "CANCELLATION_STATUS_CHANGE"
    NEW_CONVERSATION = "NEW_CONVERSATION"
    NEW_MESSAGE = "NEW_MESSAGE"
    # Its name is known from other clients only, so it is asked for last.
    INVENTORY_STATUS_CHANGE = "INVENTORY_STATUS_CHANGE"


class WebhookRegistration(BaseModel):
    """Where one topic of a shop is delivered."""

    model_config = ConfigDict(frozen=True)

    event_type: str
    address: str


class _Registration(Wire):
    event_type: str = Field(min_length=1)
    address: str = ""


class _Registrations(Wire):
    webhooks: tuple[_Registration, ...] = ()

    def registrations(self) -> list[WebhookRegistration]:
        return [
            WebhookRegistration(event_type=entry.event_type, address=entry.address)
            for entry in self.webhooks
        ]


class EventCalls(Party):
    """Registering for webhooks."""

    async def register_webhook(
        self, *, shop_id: str, event_type: EventTopic, address: str
    ) -> None:
        """Have a topic delivered to *address*; a former address of the topic is replaced.

        Args:
            shop_id: The shop.
            event_type: The topic.
            address: At most 255 characters; the live platform wants https and a domain name.
        """
        if not 0 < len(address) <= _ADDRESS_LIMIT:
            refuse("address", f"{len(address)} characters; the platform takes 1 to 255")
        await self._gateway.call(
            Operation.REGISTER_WEBHOOK,
            shop_id=shop_id,
            body={"address": address, "event_type": event_type.value},
        )

    async def webhooks(self, *, shop_id: str) -> list[WebhookRegistration]:
        """Return the shop's registrations."""
        answer = await self._gateway.call(Operation.LIST_WEBHOOKS, shop_id=shop_id)
        return answer.read(_Registrations, _Registrations.registrations)

    async def delete_webhook(self, *, shop_id: str, event_type: EventTopic) -> None:
        """Stop the delivery of a topic."""
        await self._gateway.call(
            Operation.DELETE_WEBHOOK, shop_id=shop_id, body={"event_type": event_type.value}
        )
