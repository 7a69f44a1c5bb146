"""The shops' tokens, and the lease that lets one holder at a time refresh them."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, delete, or_, update
from sqlalchemy.orm import Session

from records.database import Database
from records.schema import ConsentRow, RefreshLeaseRow, ShopConsentRow
from records.writes import insert_absent


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredTokens:
    """The pair of tokens of one consent; the tokens stay out of its printed form."""

    access_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_token: str = field(repr=False)
    refresh_expires_at: datetime
    open_id: str = ""
    """The consent: shops that were authorised together share it; empty if not told."""
    granted_scopes: tuple[str, ...] = ()


class TokenVault:
    """Tokens by shop, shared by every process.

    Shops of one consent share one pair and one lease: what is saved for one holds for all, and
    while one is refreshed none of the others is.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def load(self, shop_id: str) -> StoredTokens | None:
        """Return the tokens of a shop, or None before it was authorised."""
        with self._db.session() as session:
            row = session.get(ConsentRow, _consent_of(session, shop_id))
            if row is None:
                return None
            return StoredTokens(
                access_token=row.access_token,
                access_expires_at=row.access_expires_at,
                refresh_token=row.refresh_token,
                refresh_expires_at=row.refresh_expires_at,
                open_id=row.open_id,
                granted_scopes=tuple(row.granted_scopes),
            )

    def save(self, shop_id: str, tokens: StoredTokens) -> None:
        """Replace both tokens of a shop, and of all shops of its consent, in one transaction.

        Args:
            shop_id: The shop they were obtained for.
            tokens: The new pair; without an `open_id` the shop stays in the consent it is in.

        Source:
            TikTok Shop API, refresh token (docs, autumn 2026): every refresh returns a new
            refresh token as well, and whether the old one still works is not documented.
        """
        with self._db.begin() as session:
            consent_id = f"open:{tokens.open_id}" if tokens.open_id else None
            consent_id = consent_id or _consent_of(session, shop_id)
            _put_pair(session, consent_id, tokens)
            link = ShopConsentRow(shop_id=shop_id, consent_id=consent_id)
            if not insert_absent(session, link):
                session.merge(link)

    def acquire_refresh(self, shop_id: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take the lease on refreshing a shop's tokens.

        Args:
            shop_id: Whose tokens; the lease covers all shops of its consent.
            holder: Who takes it; the same holder may take it again for the same shop.
            now: A lease that ended by now is free to take.
            until: When it ends by itself, should the holder die.

        Returns:
            Whether *holder* has it now; who has it loads the tokens anew before refreshing.
        """
        mine = and_(RefreshLeaseRow.holder == holder, RefreshLeaseRow.shop_id == shop_id)
        with self._db.begin() as session:
            consent_id = _consent_of(session, shop_id)
            lease = RefreshLeaseRow(
                consent_id=consent_id, shop_id=shop_id, holder=holder, until=until
            )
            if insert_absent(session, lease):
                return True
            take = (
                update(RefreshLeaseRow)
                .filter_by(consent_id=consent_id)
                .where(or_(RefreshLeaseRow.until <= now, mine))
                .values(shop_id=shop_id, holder=holder, until=until)
                .returning(RefreshLeaseRow.consent_id)
            )
            return session.scalar(take) is not None

    def release_refresh(self, shop_id: str, holder: str) -> None:
        """Give the lease back; one that another holder took meanwhile stays."""
        with self._db.begin() as session:
            session.execute(delete(RefreshLeaseRow).filter_by(shop_id=shop_id, holder=holder))


def _consent_of(session: Session, shop_id: str) -> str:
    link = session.get(ShopConsentRow, shop_id)
    return link.consent_id if link else f"shop:{shop_id}"


def _put_pair(session: Session, consent_id: str, tokens: StoredTokens) -> None:
    row = ConsentRow(
        consent_id=consent_id,
        open_id=tokens.open_id,
        access_token=tokens.access_token,
        access_expires_at=tokens.access_expires_at,
        refresh_token=tokens.refresh_token,
        refresh_expires_at=tokens.refresh_expires_at,
        granted_scopes=list(tokens.granted_scopes),
    )
    if insert_absent(session, row):
        return
    known = session.get_one(ConsentRow, consent_id)
    row.open_id = tokens.open_id or known.open_id
    session.merge(row)
