"""What Seller Center shows of penalties: the sandbox's notices, by the script of the demo."""

from datetime import timedelta
from typing import Any

from casedesk.demo.decisions import patiently
from casedesk.demo.parcels import PARCELS, PENALISED_IN, DemoParcel
from casedesk.sandbox_controls import SandboxControls

_KIND = "late_dispatch"


class Platform:
    """Penalties and decisions, each written once whatever is restarted meanwhile."""

    def __init__(self, shops: SandboxControls) -> None:
        """Act through a sandbox's controls."""
        self._shops = shops

    async def act(self, after: timedelta) -> None:
        """Issue the penalties and decide the appeals whose time has come."""
        for parcel in PARCELS:
            if parcel.ticket_id and after == PENALISED_IN:
                await self._penalise(parcel)
            for number, answer in enumerate(parcel.answers, start=1):
                if after == answer.after:
                    await self._decide(parcel, number)

    async def notices(self) -> list[tuple[DemoParcel, dict[str, Any]]]:
        """Return every penalty and the parcel that it concerns."""
        held = await self._held()
        return [(one, held[one.ticket_id]) for one in PARCELS if one.ticket_id in held]

    async def decision(self, parcel: DemoParcel, number: int) -> dict[str, Any] | None:
        """Return what was decided about a round, from 1; None if nothing yet."""
        held = await self._held()
        decided = held.get(parcel.ticket_id, {}).get("decisions", [])
        return dict(decided[number - 1]) if number <= len(decided) else None

    async def _penalise(self, parcel: DemoParcel) -> None:
        async def issue() -> None:
            if parcel.ticket_id not in await self._held():
                await self._shops.post(
                    "penalties",
                    {
                        "shop_id": parcel.shop.shop_id,
                        "ticket_id": parcel.ticket_id,
                        "kind": _KIND,
                        "package_id": parcel.package_id,
                    },
                )

        await patiently(issue)

    async def _decide(self, parcel: DemoParcel, number: int) -> None:
        answer = parcel.answers[number - 1]
        word = "accepted" if answer.accepted else "rejected"
        told = {"ticket_id": parcel.ticket_id, "decision": word, "reason": answer.reason}

        async def decide() -> None:
            if await self.decision(parcel, number) is None:
                await self._shops.post("penalties", told)

        await patiently(decide)

    async def _held(self) -> dict[str, dict[str, Any]]:
        told = await patiently(lambda: self._shops.get("penalties"))
        return {notice["ticket_id"]: notice for notice in told["penalties"]}
