"""Carriers, by mail or chat: asked and chased with the letters of the house."""

from datetime import timedelta
from pathlib import Path

import structlog
from temporalio import activity
from typing_extensions import override

from activities.evidence import told_of_vault
from activities.letters import LetterWriter
from activities.people import PeopleChannel
from activities.playbooks import FileReader
from domain.carriers import Carrier, CarrierList, parse_carriers
from domain.letters import LetterFacts, LetterKey, Parcel, WrittenLetter
from records.shops import ShopDirectory
from workflows import names
from workflows.ports import AskCarrier, CarrierAsked, CarriersPort

logger = structlog.get_logger()

ANSWER_WITHIN = timedelta(hours=4)
"""By when a carrier is asked to answer, where its entry does not say."""


class CarrierBook:
    """The carriers of one installation, read again when their file has changed."""

    def __init__(self, path: Path) -> None:
        """Take the file at *path*; without one no carrier can be written to."""
        self._path = path
        self._files = FileReader(parse_carriers)

    def named(self, name: str) -> Carrier | None:
        """Return how a carrier is reached, None where nobody wrote that down.

        Raises:
            PlaybookError: The file does not hold together; names file and line.
        """
        known = self._files.read(self._path) if self._path.is_file() else CarrierList()
        return known.named(name)


class CarrierActivities(CarriersPort):
    """Letters to carriers."""

    def __init__(self, *, book: CarrierBook, writer: LetterWriter, shops: ShopDirectory) -> None:
        self._book = book
        self._writer = writer
        self._shops = shops

    @override
    @activity.defn(name=names.ASK_CARRIER)
    async def ask_carrier(self, cmd: AskCarrier) -> CarrierAsked:
        """Ask a carrier where its driver is, or chase the answer.

        Safe to run twice because a second letter only repeats the first.
        """
        with told_of_vault():
            carrier = self._book.named(cmd.carrier)
            letter = self._writer.write(self._facts(cmd, carrier))
        if carrier is None:
            name = cmd.carrier or "the carrier"
            return CarrierAsked(
                reached=False,
                why_not=f"carriers.yaml has no address for {name}",
                text=f"{letter.title}\n\n{letter.text}",
            )
        return await self._send(cmd, carrier, letter)

    async def _send(
        self, cmd: AskCarrier, carrier: Carrier, letter: WrittenLetter
    ) -> CarrierAsked:
        text = f"{letter.title}\n\n{letter.text}"
        try:
            channel = PeopleChannel(carrier.address.get_secret_value())
        except ValueError:
            why = f"the address of {carrier.name} in carriers.yaml is not one apprise understands"
            return CarrierAsked(reached=False, why_not=why, text=text)
        await channel.call(title=letter.title, body=letter.text)
        logger.info("carrier.asked", case_id=cmd.key.case_id, rung=cmd.rung)
        return CarrierAsked(reached=True, text=text)

    def _facts(self, cmd: AskCarrier, carrier: Carrier | None) -> LetterFacts:
        shop = self._shops.get(cmd.shop_id)
        within = (carrier.answer_within if carrier else None) or ANSWER_WITHIN
        return LetterFacts(
            key=LetterKey.CARRIER_CHASE if cmd.rung else LetterKey.CARRIER_ASK,
            language=(carrier.language if carrier else None) or cmd.language,
            market=cmd.market,
            market_language=cmd.language,
            zone=(carrier.zone if carrier else None) or cmd.zone,
            shop=(shop.name if shop else "") or cmd.shop_id,
            addressee=carrier.addressee if carrier else "",
            reference=cmd.package_id,
            answer_by=min(cmd.at + within, cmd.due_at or cmd.at + within),
            asked_at=cmd.asked_at,
            rung=max(cmd.rung, 1),
            carrier=cmd.carrier,
            parcels=(Parcel(package_id=cmd.package_id, tracking_number=cmd.tracking_number),),
            pickup_from=cmd.missed.start if cmd.missed else None,
            pickup_until=cmd.missed.end if cmd.missed else None,
            order_digits=tuple(order_id[-6:] for order_id in cmd.order_ids),
        )
