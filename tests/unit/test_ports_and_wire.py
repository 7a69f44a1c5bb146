"""What the workflows ask for is what the worker offers, and what the wire promises is there."""

import ast
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity, workflow

from activities.ads import AdsActivities
from activities.appeals import AppealActivities
from activities.carriers import CarrierActivities
from activities.demand import DemandActivities
from activities.desk import DeskActivities
from activities.endings import EndingActivities
from activities.evidence import EvidenceActivities
from activities.gateway import GatewayActivities
from activities.hosts import HostActivities
from activities.incidents import IncidentActivities
from activities.ledgers import LedgerActivities
from activities.opener import OpenerActivities
from activities.packages import PackageActivities
from activities.records import RecordsActivities
from activities.restock_news import RestockNewsActivities
from activities.shop import ShopActivities
from activities.stock import StockActivities
from activities.suppliers import SupplierActivities
from tests.support.source_tree import functions
from workflows import names, ports
from workflows.oversell_case import OversellCase
from workflows.shortage_incident import ShortageIncident
from workflows.stockout_case import StockoutCase

IMPLEMENTATIONS: dict[type, type] = {
    ports.ShopPort: ShopActivities,
    ports.RecordsPort: RecordsActivities,
    ports.LedgerPort: LedgerActivities,
    ports.DeskPort: DeskActivities,
    ports.PackagesPort: PackageActivities,
    ports.VaultPort: EvidenceActivities,
    ports.CarriersPort: CarrierActivities,
    ports.AppealsPort: AppealActivities,
    ports.GatewayPort: GatewayActivities,
    ports.EndingsPort: EndingActivities,
    ports.IncidentsPort: IncidentActivities,
    ports.RestockNewsPort: RestockNewsActivities,
    ports.OpenerPort: OpenerActivities,
    ports.StockPort: StockActivities,
    ports.DemandPort: DemandActivities,
    ports.AdsPort: AdsActivities,
    ports.SupplierPort: SupplierActivities,
    ports.HostPort: HostActivities,
}

SIGNALS = {
    "shortage_found",
    "buyer_chose",
    "buyer_wrote",
    "order_changed",
    "package_changed",
    "restock_changed",
    "penalty_issued",
}
"""The design's table of signals; `cases_joined` is an appeal's."""
UPDATES = {
    "record_contact",
    "record_choice",
    "set_restock",
    "approve_refund",
    "resume_step",
    "override_outcome",
    "link_replacement_order",
    "attach_evidence",
    "take",
    "note",
    "withdraw",
}
"""The design's table of updates; filings and decisions are those of appeals."""
QUERIES = {"view", "timeline"}
_BUILT_IN_QUERIES = {"__temporal_workflow_metadata", "__stack_trace", "__enhanced_stack_trace"}


def _operations(port: type) -> set[str]:
    """Return the names of a port's abstract methods."""
    found: frozenset[str] = getattr(port, "__abstractmethods__", frozenset())
    return set(found)


def _activity_name(method: Any) -> str:
    return str(activity._Definition.must_from_callable(method).name)


def test_every_port_has_its_implementation() -> None:
    """A new port is added here, and with it to the tests below."""
    declared = {
        value for value in vars(ports).values() if isinstance(value, type) and _operations(value)
    }

    assert declared == IMPLEMENTATIONS.keys()


@pytest.mark.parametrize("port", IMPLEMENTATIONS, ids=lambda port: port.__name__)
def test_an_implementation_answers_to_the_names_its_port_declares(port: type) -> None:
    """An activity under another name would leave its cases waiting for a worker for ever."""
    for operation in _operations(port):
        declared = _activity_name(getattr(port, operation))

        assert declared == _activity_name(getattr(IMPLEMENTATIONS[port], operation))
        assert declared in vars(names).values()


def test_the_worker_offers_every_operation_of_every_port() -> None:
    """What is declared but not registered parks every case that needs it."""
    offered = {
        node.attr
        for function in functions(Path("worker.py"))
        for held in ast.walk(function)
        if isinstance(held, ast.List)
        for node in ast.walk(held)
        if isinstance(node, ast.Attribute)
    }
    wanted = {operation for port in IMPLEMENTATIONS for operation in _operations(port)}

    assert set() == wanted - offered


def test_activity_names_are_never_used_twice() -> None:
    """Two operations under one name would run each other's code."""
    operations = [
        _activity_name(getattr(port, operation))
        for port in IMPLEMENTATIONS
        for operation in _operations(port)
    ]

    assert sorted(set(operations)) == sorted(operations)


@pytest.mark.parametrize(
    ("case", "name"),
    [(OversellCase, names.OVERSELL_CASE), (StockoutCase, names.STOCKOUT_CASE)],
)
def test_a_shortage_case_has_exactly_the_doors_of_the_wire(case: type, name: str) -> None:
    """The Temporal CLI and a merchant's ERP call them by name."""
    doors = workflow._Definition.must_from_class(case)

    assert name == doors.name
    assert doors.signals.keys() == SIGNALS
    assert doors.updates.keys() == UPDATES
    assert doors.queries.keys() - _BUILT_IN_QUERIES == QUERIES


def test_every_decision_can_be_refused_before_it_leaves_an_event() -> None:
    """An update without a validator would be accepted first and judged later."""
    doors = workflow._Definition.must_from_class(OversellCase)

    assert [] == [name for name, door in doors.updates.items() if door.validator is None]


def test_an_incident_has_exactly_the_doors_of_the_wire() -> None:
    """Beside those of every case: units and the restock; `case_settled` is a hint to look."""
    doors = workflow._Definition.must_from_class(ShortageIncident)
    of_units = {
        "set_on_hand",
        "receive_lot",
        "move_order",
        "set_restock",
        "deactivate_listing",
    }
    of_every_case = {"resume_step", "attach_evidence", "take", "note", "withdraw"}

    assert names.SHORTAGE_INCIDENT == doors.name
    assert doors.signals.keys() == {"restock_changed", "case_settled", "penalty_issued"}
    assert doors.updates.keys() == of_units | of_every_case
    assert doors.queries.keys() - _BUILT_IN_QUERIES == QUERIES
    assert [] == [name for name, door in doors.updates.items() if door.validator is None]
