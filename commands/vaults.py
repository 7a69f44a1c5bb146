"""The vault as commands use it: opened for one command, its refusals one sentence each."""

from collections.abc import Iterator
from contextlib import contextmanager

from casedesk.errors import RefusedError
from casedesk.settings import Settings
from casedesk.time_stamps import StampPost
from records.database import Database
from vault.errors import VaultError
from vault.opening import open_vault
from vault.store import Vault


@contextmanager
def opened_vault(settings: Settings, db: Database) -> Iterator[Vault]:
    """Open the evidence of this installation; what it refuses ends the command.

    Raises:
        RefusedError: The vault refused, in its own words.
    """
    try:
        yield open_vault(settings, db, post=StampPost())
    except VaultError as error:
        raise RefusedError(str(error)) from error
