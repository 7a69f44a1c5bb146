"""The demo: a stream in two shops, what went wrong, and the days after it in virtual time."""

from casedesk.demo.evidence import EvidenceRoom, HandedIn
from casedesk.demo.report import (
    DemoReport,
    Figure,
    HumanAnswer,
    PacketCheck,
    Promise,
    Section,
    closing_words,
    sections,
)
from casedesk.demo.week import run_demo

__all__ = [
    "DemoReport",
    "EvidenceRoom",
    "Figure",
    "HandedIn",
    "HumanAnswer",
    "PacketCheck",
    "Promise",
    "Section",
    "closing_words",
    "run_demo",
    "sections",
]
