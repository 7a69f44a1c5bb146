"""Suppliers and host desks, by mail or chat: asked, chased, thanked, warned."""

import asyncio
from pathlib import Path

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError
from typing_extensions import override

from activities.letters import LetterWriter
from activities.people import PeopleChannel
from activities.playbooks import FileReader, PlaybookShelf
from activities.troubles import NEEDS_PERSON
from domain.errors import DomainError
from domain.letters import LetterFacts, LetterKey, RestockState
from domain.markets import MarketProfile
from domain.suppliers import Supplier, SupplierList, parse_suppliers
from records.shops import ShopDirectory
from workflows import names
from workflows.ports.suppliers import (
    AskSupplier,
    SupplierAsked,
    SupplierPort,
    ThankSupplier,
)

logger = structlog.get_logger()


class SupplierBook:
    """The suppliers of one installation, read again when their file has changed."""

    def __init__(self, path: Path) -> None:
        """Take the file at *path*; without one no supplier can be written to."""
        self._path = path
        self._files = FileReader(parse_suppliers)

    def find(self, name: str | None, *skus: str) -> tuple[Supplier | None, str]:
        """Return a supplier by its name or by what it delivers, else why there is none.

        Raises:
            PlaybookError: The file does not hold together; names file and line.
        """
        known = self._files.read(self._path) if self._path.is_file() else SupplierList()
        if name is not None:
            return known.named(name), f"{self._path.name} has no supplier {name!r}"
        return known.of(*skus), f"{self._path.name} names no supplier of {skus[0]}"


class Correspondent:
    """Writes letters for a shop and sends them."""

    def __init__(
        self, *, writer: LetterWriter, shelf: PlaybookShelf, shops: ShopDirectory
    ) -> None:
        self._writer = writer
        self._shelf = shelf
        self._shops = shops

    async def shop(self, shop_id: str) -> tuple[str, MarketProfile]:
        """Return a shop's name and the profile of its market.

        Raises:
            ApplicationError: The shop is not connected.
        """
        shop = await asyncio.to_thread(self._shops.get, shop_id)
        if shop is None:
            raise ApplicationError(
                f"shop {shop_id} is not connected; run `starter.py setup` for it, then retry",
                type=NEEDS_PERSON,
                non_retryable=True,
            )
        return shop.name or shop_id, self._shelf.market(shop.region)

    async def send(self, facts: LetterFacts, address: str, *, whose: str) -> str:
        """Write a letter and send it; return why it could not go out, or an empty string.

        Raises:
            ApplicationError: The channel did not take it (retryable), or the letter cannot be
                written.
        """
        try:
            letter = self._writer.write(facts)
            channel = await asyncio.to_thread(PeopleChannel, address)
        except DomainError as error:
            raise ApplicationError(
                str(error)[:800], type=NEEDS_PERSON, non_retryable=True
            ) from error
        except ValueError:
            return f"the address of {whose} is not one that apprise understands"
        await channel.call(title=letter.title, body=letter.text)
        return ""


class SupplierActivities(SupplierPort):
    """Letters to suppliers."""

    def __init__(self, *, book: SupplierBook, correspondent: Correspondent) -> None:
        self._book = book
        self._correspondent = correspondent

    @override
    @activity.defn(name=names.ASK_SUPPLIER)
    async def ask_supplier(self, cmd: AskSupplier) -> SupplierAsked:
        """Ask a supplier for the restock date, or chase its answer.

        Safe to run twice because a second letter only repeats the first.
        """
        supplier, why_not = self._find(cmd)
        if supplier is None:
            return SupplierAsked(reached=False, why_not=why_not)
        facts = await self._facts(cmd, supplier)
        key = LetterKey.SUPPLIER_CHASE if cmd.rung else LetterKey.SUPPLIER_ASK
        asked = {
            "key": key,
            "units": cmd.units,
            "answer_by": cmd.answer_by,
            "rung": max(cmd.rung, 1),
            "reference": cmd.key.case_id,
        }
        return await self._send(facts.model_copy(update=asked), supplier)

    @override
    @activity.defn(name=names.THANK_SUPPLIER)
    async def thank_supplier(self, cmd: ThankSupplier) -> SupplierAsked:
        """Thank a supplier for its date.

        Safe to run twice because a second letter only repeats the first.
        """
        supplier, why_not = self._find(cmd)
        if supplier is None:
            return SupplierAsked(reached=False, why_not=why_not)
        facts = await self._facts(cmd, supplier)
        thanks = {
            "key": LetterKey.SUPPLIER_THANKS,
            "restock": RestockState.EXPECTED,
            "restock_at": cmd.restock_at,
            "reference": cmd.reference,
        }
        return await self._send(facts.model_copy(update=thanks), supplier)

    def _find(self, cmd: AskSupplier | ThankSupplier) -> tuple[Supplier | None, str]:
        try:
            return self._book.find(cmd.supplier, cmd.sku_id, cmd.seller_sku)
        except DomainError as error:
            return None, str(error)

    async def _facts(self, cmd: AskSupplier | ThankSupplier, supplier: Supplier) -> LetterFacts:
        shop, profile = await self._correspondent.shop(cmd.shop_id)
        return LetterFacts(
            key=LetterKey.SUPPLIER_ASK,
            language=supplier.language or profile.language,
            market=profile.market,
            market_language=profile.language,
            zone=supplier.zone or profile.zone,
            shop=shop,
            addressee=supplier.addressee or supplier.name,
            product_name=cmd.product_name or cmd.seller_sku or cmd.sku_id,
            seller_sku=cmd.seller_sku or cmd.sku_id,
        )

    async def _send(self, facts: LetterFacts, supplier: Supplier) -> SupplierAsked:
        why_not = await self._correspondent.send(
            facts, supplier.address.get_secret_value(), whose=f"supplier {supplier.name}"
        )
        logger.info("supplier.written", key=facts.key, reached=not why_not)
        return SupplierAsked(reached=not why_not, why_not=why_not)
