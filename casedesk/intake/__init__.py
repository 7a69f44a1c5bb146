"""Orders in: from an export file or from the shop, to a plan of who gets the stock."""

from casedesk.intake.errors import BadRowsError, IntakeError
from casedesk.intake.export import read_export
from casedesk.intake.shortage import (
    ShortagePlan,
    SkuDemand,
    demand_of_export,
    from_shop,
    plan_shortage,
)
from casedesk.intake.writing import ExportRow, write_export_csv, write_export_xlsx

__all__ = [
    "BadRowsError",
    "ExportRow",
    "IntakeError",
    "ShortagePlan",
    "SkuDemand",
    "demand_of_export",
    "from_shop",
    "plan_shortage",
    "read_export",
    "write_export_csv",
    "write_export_xlsx",
]
