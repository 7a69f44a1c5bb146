"""Shortage incidents: one open per SKU, what was decided in them, and their reviews."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from domain.allocation_record import AllocationRecord
from records.database import Database
from records.errors import NotOnFileError
from records.schema import (
    IncidentAllocationRow,
    IncidentRow,
    JsonObject,
    OpenIncidentRow,
)
from records.writes import insert_absent

_PAGE = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """Whether an incident got its SKU."""

    granted: bool
    holder: str
    """The incident that is open for the SKU; the asking one itself if it has closed already."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """One incident as it is on file."""

    incident_id: str
    shop_id: str
    sku_id: str
    stream: str | None
    opened_at: datetime
    closed_at: datetime | None
    review: JsonObject | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FiledAllocation:
    """One allocation of an incident, with everything it followed from."""

    key: str
    filed_at: datetime
    record: AllocationRecord


class Incidents:
    """Incidents by id (the workflow id)."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def claim(
        self,
        shop_id: str,
        sku_id: str,
        incident_id: str,
        *,
        at: datetime,
        stream: str | None = None,
    ) -> Claim:
        """Ask to be the open incident of a SKU; of many at once, one gets it.

        Args:
            shop_id: The shop.
            sku_id: The platform's SKU ID.
            incident_id: Who asks; asking again is answered as before.
            at: Now; the opening instant if it is new.
            stream: The stream that oversold, where known.
        """
        opened = IncidentRow(
            incident_id=incident_id,
            shop_id=shop_id,
            sku_id=sku_id,
            stream=stream,
            opened_at=at,
        )
        ours = OpenIncidentRow(shop_id=shop_id, sku_id=sku_id, incident_id=incident_id)
        with self._db.begin() as session:
            known = session.get(IncidentRow, incident_id)
            if known is not None and known.closed_at is not None:
                return Claim(granted=False, holder=incident_id)
            if insert_absent(session, ours):
                insert_absent(session, opened)
                return Claim(granted=True, holder=incident_id)
            holder = session.get_one(OpenIncidentRow, (shop_id, sku_id)).incident_id
            return Claim(granted=holder == incident_id, holder=holder)

    def open_for(self, shop_id: str, sku_id: str) -> str | None:
        """Return the open incident of a SKU, if there is one."""
        with self._db.session() as session:
            row = session.get(OpenIncidentRow, (shop_id, sku_id))
            return row.incident_id if row else None

    def close(self, incident_id: str, *, review: JsonObject, at: datetime) -> None:
        """File the review and give the SKU back, in one step; the first closing stays.

        Raises:
            NotOnFileError: The incident never got its SKU.
        """
        with self._db.begin() as session:
            row = session.get(IncidentRow, incident_id, with_for_update=True)
            if row is None:
                raise NotOnFileError("incident", incident_id)
            if row.closed_at is None:
                row.closed_at = at
                row.review = review
            session.execute(delete(OpenIncidentRow).filter_by(incident_id=incident_id))

    def release(self, incident_id: str) -> None:
        """Give the SKU back without a review, such as after a run that was ended from outside."""
        with self._db.begin() as session:
            session.execute(delete(OpenIncidentRow).filter_by(incident_id=incident_id))

    def incident(self, incident_id: str) -> Incident | None:
        """Return the incident on file under *incident_id*, if any."""
        with self._db.session() as session:
            row = session.get(IncidentRow, incident_id)
            return _incident(row) if row else None

    def search(
        self,
        *,
        shop_id: str | None = None,
        stream: str | None = None,
        limit: int = _PAGE,
    ) -> list[Incident]:
        """List incidents of a shop or a stream, the newest opening first."""
        equal = {"shop_id": shop_id, "stream": stream}
        wanted = {name: value for name, value in equal.items() if value is not None}
        newest = (IncidentRow.opened_at.desc(), IncidentRow.incident_id.desc())
        query = select(IncidentRow).filter_by(**wanted).order_by(*newest).limit(limit)
        with self._db.session() as session:
            return [_incident(row) for row in session.scalars(query)]

    def file_allocation(
        self, incident_id: str, key: str, record: AllocationRecord, *, at: datetime
    ) -> bool:
        """Keep an allocation with its inputs, once per key; the database refuses every change.

        Returns:
            Whether it was new.
        """
        row = IncidentAllocationRow(
            incident_id=incident_id,
            key=key,
            filed_at=at,
            digest=record.digest,
            record=record.model_dump(mode="json"),
        )
        with self._db.begin() as session:
            return insert_absent(session, row)

    def allocations(self, incident_id: str) -> list[FiledAllocation]:
        """Return every allocation of an incident, oldest first."""
        row = IncidentAllocationRow
        query = select(row).filter_by(incident_id=incident_id).order_by(row.filed_at, row.key)
        with self._db.session() as session:
            return [_filed(one) for one in session.scalars(query)]


def _incident(row: IncidentRow) -> Incident:
    return Incident(
        incident_id=row.incident_id,
        shop_id=row.shop_id,
        sku_id=row.sku_id,
        stream=row.stream,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        review=row.review,
    )


def _filed(row: IncidentAllocationRow) -> FiledAllocation:
    record = AllocationRecord.model_validate(row.record)
    return FiledAllocation(key=row.key, filed_at=row.filed_at, record=record)
