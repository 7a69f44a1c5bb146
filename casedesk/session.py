"""What one command needs: settings that hold together, records, a server, the desk."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from pydantic import ValidationError

from casedesk.connection import connect
from casedesk.desk import CaseDesk
from casedesk.settings import Settings
from domain.errors import InputError
from records.database import Database


def load_settings() -> Settings:
    """Return the settings of the environment.

    Raises:
        InputError: Names the variable that cannot be used, and why.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        reason = f"{first['msg'][:1].lower()}{first['msg'][1:]}, not {first['input']!r}"
        raise InputError(f"WENHUO_{name}", reason) from error


@contextmanager
def open_records(settings: Settings) -> Iterator[Database]:
    """Open the records, brought to the newest revision, and close them at the end.

    Raises:
        RecordsError: The database cannot be used; one sentence for people.
    """
    db = Database.open(settings.records_url)
    try:
        db.migrate()
        yield db
    finally:
        db.close()


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[CaseDesk]:
    """Open the case desk on the server that the environment or a running `up` names.

    Raises:
        NoServerError: No server answers.
        RecordsError: The records cannot be used.
    """
    with open_records(settings) as db:
        yield CaseDesk(await connect(settings), settings, db)
