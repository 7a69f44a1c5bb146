"""Fixture: an empty vault of a test's own.

A pytest plugin: a test module names it beside `tests.support.record_stores` in its
`pytest_plugins`.
"""

from pathlib import Path

import pytest

from records.database import Database
from tests.support.vault_files import open_vault
from vault.store import Vault


@pytest.fixture
def vault(records_db: Database, tmp_path: Path) -> Vault:
    """An empty vault in folders of the test's own."""
    return open_vault(records_db, tmp_path)
