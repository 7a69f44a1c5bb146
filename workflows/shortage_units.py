"""What is short of an order: the units, when they come, and what became of them."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseKind
    from domain.fate import Fate, fate_of
    from domain.orders import Cancellation, Order, OrderLine
    from domain.shortage import short_units
    from workflows.case import Case
    from workflows.payloads import ShortageInput
    from workflows.shortage_state import Refund, ShortageInbox
    from workflows.supply import Restock, Supply


class ShortUnits(Case):
    """An order and those of its units that cannot be served."""

    inbox: ShortageInbox

    def __init__(self, inp: ShortageInput, kind: CaseKind) -> None:
        super().__init__(
            kind=kind,
            shop_id=inp.shop_id,
            detected_at=inp.detected_at,
            playbook_name=inp.playbook,
            source=inp.source,
        )
        self.order_id = inp.order_id
        self.inbox = ShortageInbox()
        self.short: dict[str, int] = {line.sku: line.quantity for line in inp.short_lines}
        self.every_line = not inp.short_lines
        self.order: Order | None = None
        self.cancellations: tuple[Cancellation, ...] = ()
        self.settled_lines: frozenset[str] = frozenset()
        self.refund = Refund()
        self.supply = Supply(supplier=inp.supplier, expected=inp.restock_at)

    def sku_names(self) -> list[str]:
        """Return every name of the short SKUs, so that a list finds them by either."""
        lines = self.order.lines if self.order else ()
        named = [
            line
            for line in lines
            if self.every_line or {line.sku_id, line.seller_sku} & {*self.short}
        ]
        both = {name for line in named for name in (line.sku_id, line.seller_sku) if name}
        return sorted(both | {*self.short})

    def units(self) -> tuple[OrderLine, ...]:
        """Return the short units: those being cancelled, else those that are still open."""
        return self.refund.units if self.refund.scheduled else self.open_units()

    def open_units(self) -> tuple[OrderLine, ...]:
        """Return the short units that nothing was done about yet."""
        if self.order is None or not (self.every_line or self.short):
            return ()
        short = {} if self.every_line else self.short
        units = short_units(self.order, short)
        return tuple(line for line in units if line.line_id not in self.settled_lines)

    def sku_of(self, name: str) -> str | None:
        """Return the SKU ID that a SKU ID or Seller SKU names in the order, if any."""
        lines = self.order.lines if self.order else ()
        return next(
            (line.sku_id for line in lines if name in (line.sku_id, line.seller_sku)), None
        )

    def covers_whole_order(self) -> bool:
        """Whether a cancellation must or may take the whole order."""
        if self.refund.scheduled:
            return self.refund.whole
        if self.order is None or not self.pinned.profile.single_lines_cancellable.value:
            return True
        return {line.line_id for line in self.units()} >= {
            line.line_id for line in self.order.live_lines()
        }

    def fate(self) -> Fate:
        """Return what the platform says of the short units."""
        if self.order is None:
            return Fate.OPEN
        if self.every_line:
            return fate_of(self.order, self.cancellations, frozenset())
        named = self.line_ids()
        return fate_of(self.order, self.cancellations, named) if named else Fate.OPEN

    def line_ids(self) -> frozenset[str]:
        """Return the ids of the named SKUs' units, whatever became of them."""
        if self.order is None:
            return frozenset()
        return frozenset(
            line.line_id
            for line in self.order.lines
            if {line.sku_id, line.seller_sku} & set(self.short)
            and line.line_id not in self.settled_lines
        )

    # The restock, over all short SKUs: one choice covers them, so the slowest decides

    def short_skus(self) -> list[str]:
        """Return the SKU IDs of the short units, each once."""
        return list({line.sku_id: None for line in self.units()})

    def _restock_of(self) -> list[Restock]:
        return [self.supply.of(sku) for sku in self.short_skus()]

    @property
    def unavailable(self) -> bool:
        """Whether a short SKU never comes."""
        return any(news.unavailable for news in self._restock_of())

    @property
    def in_stock(self) -> bool:
        """Whether every short SKU is there."""
        known = self._restock_of()
        return bool(known) and all(news.in_stock for news in known)

    @property
    def restock_at(self) -> datetime | None:
        """When the last of the short SKUs comes; None while one has no date."""
        dates = [news.at for news in self._restock_of()]
        known = [date for date in dates if date is not None]
        return max(known) if known and len(known) == len(dates) else None

    @property
    def date_known(self) -> bool:
        """Whether it is known when the short units come, or that they never do."""
        ahead = self.restock_at is not None and self.restock_at > self.now
        return self.unavailable or self.in_stock or ahead
