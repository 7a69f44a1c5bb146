"""Documents that outlive the process: in one SQLite file before a call is answered."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Doc = dict[str, Any]
"""A JSON object, shaped as the wire prints it wherever the wire has a shape."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS docs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (kind, key)
)
"""
_PUT = """
INSERT INTO docs (kind, key, body) VALUES (?, ?, ?)
ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body
"""


class Store:
    """Keeps changed documents until `flush` commits them in one transaction."""

    def __init__(self, path: Path | None) -> None:
        self._pending: dict[tuple[str, str], Doc | None] = {}
        self._db: sqlite3.Connection | None = None
        if path is not None:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(_SCHEMA)

    def load(self, kind: str) -> Iterator[tuple[str, Doc]]:
        """Yield every stored document of *kind* in the order of first writing."""
        if self._db is None:
            return
        rows = self._db.execute("SELECT key, body FROM docs WHERE kind = ? ORDER BY seq", (kind,))
        for key, body in rows:
            yield key, json.loads(body)

    def mark(self, kind: str, key: str, doc: Doc | None) -> None:
        """Note that a document changed, or with None that it is gone."""
        if self._db is not None:
            self._pending[kind, key] = doc

    def flush(self) -> None:
        """Commit what changed since the last flush; survives a SIGKILL of this process."""
        if self._db is None or not self._pending:
            return
        pending, self._pending = self._pending, {}
        self._db.execute("BEGIN IMMEDIATE")
        for (kind, key), doc in pending.items():
            if doc is None:
                self._db.execute("DELETE FROM docs WHERE kind = ? AND key = ?", (kind, key))
            else:
                body = json.dumps(doc, ensure_ascii=False, separators=(",", ":"))
                self._db.execute(_PUT, (kind, key, body))
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Commit the rest and let the file go."""
        self.flush()
        if self._db is not None:
            self._db.close()


class Index:
    """Keys of a table grouped by something in the document; kept in insertion order."""

    def __init__(self, group: Callable[[Doc], str]) -> None:
        self._group = group
        self._keys: dict[str, dict[str, None]] = defaultdict(dict)

    def add(self, key: str, doc: Doc) -> None:
        """Place a new document in its group."""
        self._keys[self._group(doc)][key] = None

    def remove(self, key: str, doc: Doc) -> None:
        """Take a document out of its group."""
        self._keys[self._group(doc)].pop(key, None)

    def keys(self, group: str) -> list[str]:
        """Return the keys of one group, oldest first."""
        return list(self._keys.get(group, ()))

    def size(self, group: str) -> int:
        """Return how many documents one group has."""
        return len(self._keys.get(group, ()))


class Table:
    """All documents of one kind in memory, every change marked for the store."""

    def __init__(self, store: Store, kind: str, indexes: tuple[Index, ...] = ()) -> None:
        self._store = store
        self._kind = kind
        self._indexes = indexes
        self.rows: dict[str, Doc] = {}
        for key, doc in store.load(kind):
            self._insert(key, doc)

    def _insert(self, key: str, doc: Doc) -> None:
        self.rows[key] = doc
        for index in self._indexes:
            index.add(key, doc)

    def put(self, key: str, doc: Doc) -> Doc:
        """Add a document, or mark a changed one for writing; groups must not change.

        Returns:
            The document.
        """
        if key in self.rows:
            self.rows[key] = doc
        else:
            self._insert(key, doc)
        self._store.mark(self._kind, key, doc)
        return doc

    def remove(self, key: str) -> None:
        """Forget a document; an unknown key is no error."""
        doc = self.rows.pop(key, None)
        if doc is not None:
            for index in self._indexes:
                index.remove(key, doc)
            self._store.mark(self._kind, key, None)

    def clear(self) -> None:
        """Forget every document."""
        for key in list(self.rows):
            self.remove(key)

    def get(self, key: str) -> Doc | None:
        """Return a document or None."""
        return self.rows.get(key)

    def all(self) -> list[Doc]:
        """Return every document, oldest first."""
        return list(self.rows.values())

    def __len__(self) -> int:
        return len(self.rows)
