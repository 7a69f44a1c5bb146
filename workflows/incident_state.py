"""What an incident remembers, in a form that a long one can hand to its next run."""

from pydantic import BaseModel, Field
from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import Breach, CaseState, HumanTask, TimelineEvent
    from domain.incident_figures import Figures
    from domain.incidents import LotView, OutsideChange, RestockDate, RestockState
    from domain.instants import Instant
    from domain.waiting_line import AllocationPolicy
    from workflows.ports.desk import Pinned

STOP_STOCK, PAUSE_ADS, LISTING = "stop_stock", "pause_ads", "listing"
"""Steps and tasks about what is changed outside when an incident begins."""
RESUME_STOCK, RESUME_ADS = "resume_stock", "resume_ads"
"""The same when it ends."""
COLLECT, LOOK, ALLOCATE, OPEN = "collect", "look", "allocate", "open"
SUPPLIER, COUNT, CLOSED_CASES, SHORTFALL = "supplier", "count", "closed_cases", "shortfall"
"""Tasks that only people can do."""


class Book(BaseModel):
    """The incident's own facts; the orders themselves are in the records."""

    counted: int
    """On the shelf when the incident began."""
    on_hand: int
    """The newest count before the units were shared out; the ledger's afterwards."""
    policy: AllocationPolicy
    figures: Figures = Figures()
    skipped: int = 0
    demand: int = 0
    allocation: str | None = None
    lots: list[LotView] = Field(default_factory=list)

    product_id: str = ""
    seller_sku: str = ""
    product_name: str = ""
    stopped: bool = False
    """True once stopping the sale needs nobody any more."""
    paused: bool = False
    """True once pausing the ads needs nobody any more."""
    changes: dict[str, OutsideChange] = Field(default_factory=dict)
    ads_not_touched: str = ""

    restock: RestockState = RestockState.UNKNOWN
    restock_at: Instant | None = None
    """The supplier's own date; cases pad it themselves."""
    news: int = 0
    """Number of the newest news; 0 is what the incident began with."""
    published: int = 0
    """Number of the newest news that cases were told of."""
    dates: list[RestockDate] = Field(default_factory=list)
    unusable_news: str = ""
    """What people are told of news that could not be used, until some can."""
    chase_since: Instant | None = None
    """From when the supplier's ladder is counted; None while nobody has to be asked."""
    rung: int = 0
    asks: int = 0

    read_from: Instant | None = None
    """From when on changes of orders have not been read; None before the first reading."""
    next_look_at: Instant | None = None
    settled_at: Instant | None = None
    """When the records were last asked which cases have ended."""
    came_at: Instant | None = None
    """When units came after a date was heard; to be noted as the date's end."""
    quiet: int = 0
    """Readings in a row that brought nothing."""
    found_at: Instant | None = None
    """When the orders that are short now were found so; None for those of the first reading."""
    events: int = 0
    """Counts what changes the ledger, so that each change has a key of its own."""
    looked_last: bool = False
    """True once the orders were read after the last case had ended."""
    withdrawn: bool = False
    duplicate_of: str | None = None

    def next_event(self, kind: str) -> str:
        """Return a key that no other event of the incident has."""
        self.events += 1
        return f"{kind}:{self.events}"

    def changed(self, changes: tuple[OutsideChange, ...]) -> None:
        """Remember what was changed outside; the newest reading of a target counts."""
        self.changes |= {f"{one.thing}:{one.target}": one for one in changes}


class CarriedTask(BaseModel):
    """A task that waits for a person across runs."""

    human: HumanTask
    since: Instant
    called: int = 0


class Heard(BaseModel):
    """News of the restock that wait to be taken in."""

    state: str
    available_at: Instant | None = None
    quantity: int | None = None
    lot_id: str | None = None
    actor: str
    said_at: Instant


class Carried(BaseModel):
    """Everything one run hands to the next."""

    book: Book
    phase: CaseState
    opened_at: Instant
    detected_at: Instant
    assignee: str | None = None
    pinned: Pinned
    timeline: tuple[TimelineEvent, ...] = ()
    breaches: tuple[Breach, ...] = ()
    tasks: tuple[CarriedTask, ...] = ()
    seen: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    heard: tuple[Heard, ...] = ()
    """News that nobody had taken in yet."""
