"""The suppliers as cases and incidents need them: asked, chased, answered by people."""

from abc import ABC, abstractmethod

from temporalio import activity

from domain.instants import Instant
from workflows import names
from workflows.ports.facts import EffectKey, Fact


class AskSupplier(Fact):
    """Ask a supplier when units of a SKU come."""

    key: EffectKey
    shop_id: str
    supplier: str | None = None
    """Its name in the suppliers file; None means the one that the file names for the SKU."""
    sku_id: str
    seller_sku: str = ""
    product_name: str = ""
    units: int
    """How many are owed to buyers."""
    answer_by: Instant
    rung: int = 0
    """0 asks, every later rung chases the answer."""
    at: Instant


class SupplierAsked(Fact):
    """Whether the letter went out, else why not."""

    reached: bool
    why_not: str = ""


class ThankSupplier(Fact):
    """Thank a supplier for a date, in the words in which we understood it."""

    shop_id: str
    supplier: str | None = None
    sku_id: str
    seller_sku: str = ""
    product_name: str = ""
    restock_at: Instant
    reference: str = ""
    """What an answer should quote."""
    at: Instant


class SupplierPort(ABC):
    """Suppliers and factories, by mail or chat."""

    @activity.defn(name=names.ASK_SUPPLIER)
    @abstractmethod
    async def ask_supplier(self, cmd: AskSupplier) -> SupplierAsked:
        """Ask a supplier for the restock date, or chase its answer."""

    @activity.defn(name=names.THANK_SUPPLIER)
    @abstractmethod
    async def thank_supplier(self, cmd: ThankSupplier) -> SupplierAsked:
        """Thank a supplier for its date."""
