"""Every story there is, whatever kind of case it is about."""

from tests.replay import evidence_scenarios, stockout_scenarios
from tests.replay.scenarios import SCENARIOS

__all__ = ["SCENARIOS", "evidence_scenarios", "stockout_scenarios"]
