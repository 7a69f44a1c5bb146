"""Every story there is, whatever kind of case it is about."""

from tests.replay import stockout_scenarios
from tests.replay.scenarios import SCENARIOS

__all__ = ["SCENARIOS", "stockout_scenarios"]
