"""Evidence as callers see it beside the case: what came after a case was filed is named too."""

from typing import Any

from records.database import Database
from records.evidence import EvidenceBook


def with_evidence(db: Database, view: dict[str, Any]) -> dict[str, Any]:
    """Return the view of a closed case with everything that the vault holds under it by now.

    Args:
        db: The records.
        view: As it was filed; what it names stays first.
    """
    with EvidenceBook(db).reading() as book:
        stored = book.items_of(view["case_id"])
    later = [one.row.evidence_id for one in stored if one.row.derived_from is None]
    return {**view, "evidence": list(dict.fromkeys([*view["evidence"], *later]))}
