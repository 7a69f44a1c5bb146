"""The demo: a stream in two shops, a shortage, and the week after it in virtual time."""

from casedesk.demo.report import DemoReport, Figure, HumanAnswer, Promise, table_rows
from casedesk.demo.week import run_demo

__all__ = ["DemoReport", "Figure", "HumanAnswer", "Promise", "run_demo", "table_rows"]
