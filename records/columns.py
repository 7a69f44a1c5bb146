"""What all tables share: how Python types become columns."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass
from typing_extensions import override

from records.errors import NaiveInstantStoredError

JsonObject = dict[str, Any]
JsonList = list[dict[str, Any]]


class UtcInstant(TypeDecorator[datetime]):
    """An aware instant; kept in UTC, because SQLite forgets offsets."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveInstantStoredError(value.isoformat())
        return value.astimezone(UTC)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """What all tables share: how Python types become columns."""

    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads this plain attribute once)
        datetime: UtcInstant,
        int: BigInteger,
        str: Text,
        JsonObject: JSON,
        JsonList: JSON,
        list[str]: JSON,
    }
