"""The dispatch manifest: every order of the parcel with its times, for people and for machines."""

import csv
import io
import json
from datetime import timedelta

from domain.manifests import COLUMNS, dispatch_manifest, order_clocks
from tests.support.parcels import DUE, FIRST, READY, SECOND, SLOT, a_parcel, packed
from vault.canonical import canonical

MADE = SLOT.end + timedelta(hours=1)


def test_each_order_has_a_line_with_its_id_and_times() -> None:
    made = dispatch_manifest(a_parcel(), [packed(SECOND), packed(FIRST)], made_at=MADE)
    rows = list(csv.DictReader(io.StringIO(made.csv_text)))

    assert [FIRST, SECOND] == [row["order_id"] for row in rows]
    assert set(COLUMNS) == rows[0].keys()
    assert "2026-11-25T03:00:00Z" == rows[0]["ready_at"]
    assert "2026-11-25T09:00:00Z" == rows[0]["pickup_until"]
    assert "2026-11-27T09:00:00Z" == rows[0]["collection_due_at"]
    assert "1" == rows[0]["units"]


def test_what_the_platform_does_not_say_is_empty() -> None:
    made = dispatch_manifest(a_parcel(slot=None), [packed(due=None)], made_at=MADE)
    (row,) = csv.DictReader(io.StringIO(made.csv_text))

    assert "" == row["pickup_from"] == row["collection_due_at"] == row["collected_at"]


def test_units_of_other_parcels_are_not_counted() -> None:
    made = dispatch_manifest(a_parcel(line_ids=("elsewhere",)), [packed()], made_at=MADE)
    (row,) = csv.DictReader(io.StringIO(made.csv_text))

    assert "0" == row["units"]


def test_the_machines_copy_has_one_canonical_form_whatever_the_order_of_orders() -> None:
    one = dispatch_manifest(a_parcel(), [packed(FIRST), packed(SECOND)], made_at=MADE)
    other = dispatch_manifest(a_parcel(), [packed(SECOND), packed(FIRST)], made_at=MADE)

    assert canonical(one.document) == canonical(other.document)
    held = json.loads(canonical(one.document))["dispatch_manifest"]
    assert "2026-11-25T10:00:00Z" == held["made_at"]
    assert [FIRST, SECOND] == [row["order_id"] for row in held["orders"]]


def test_the_clocks_of_every_order_are_kept_with_its_state() -> None:
    (one,) = order_clocks([packed()], made_at=MADE)["order_clocks"]["orders"]

    assert FIRST == one["order_id"]
    assert "AWAITING_COLLECTION" == one["status"]
    assert DUE.isoformat().replace("+00:00", "Z") == one["collection_due_at"]
    assert READY.isoformat().replace("+00:00", "Z") == one["ready_at"]
    assert "" == one["delivery_due_at"]
