"""Identifiers that end up in histories and on the wire; renaming one strands running cases."""

from temporalio.common import SearchAttributeKey

CASES_QUEUE = "cases"
SHOP_API_QUEUE = "shop-api"
DESK_QUEUE = "desk"

OVERSELL_CASE = "OversellCase"
PICKUP_DELAY_CASE = "PickupDelayCase"
APPEAL = "Appeal"
STOCKOUT_CASE = "StockoutCase"
SHORTAGE_INCIDENT = "ShortageIncident"

LOOK_AT_ORDER = "shop.look_at_order"
CHECK_OFFERS = "shop.check_offers"
OPEN_CONVERSATION = "shop.open_conversation"
SEND_MESSAGE = "shop.send_message"
SEND_COUPON = "shop.send_coupon"
READ_CONVERSATION = "shop.read_conversation"
FIND_REPLACEMENT = "shop.find_replacement"
CANCEL_ORDER = "shop.cancel_order"
LOOK_AT_PACKAGE = "shop.look_at_package"
REBOOK_PICKUP = "shop.rebook_pickup"
CAPTURE_EVIDENCE = "shop.capture_evidence"
FIND_CLOSED_CASE = "records.find_closed_case"
WANT_CONTACT = "records.want_contact"
SETTLE_CONTACT = "records.settle_contact"
ASK_ANSWERED = "records.ask_answered"
RESERVE_REFUND = "records.reserve_refund"
SETTLE_REFUND = "records.settle_refund"
PAD_PROMISE = "records.pad_promise"
NOTE_PROMISE = "records.note_promise"
KEEP_CONSENT = "records.keep_consent"
RESERVE_OFFER = "records.reserve_offer"
SETTLE_OFFER = "records.settle_offer"
FILE_CASE = "records.file_case"
INDEX_PARCEL = "records.index_parcel"
REOPEN_CASE = "records.reopen_case"
PIN_CASE = "desk.pin_case"
WRITE_MESSAGE = "desk.write_message"
READ_REPLY = "desk.read_reply"
CALL_PEOPLE = "desk.call_people"
ASK_CARRIER = "desk.ask_carrier"
FIND_EVIDENCE = "vault.find_evidence"
EVIDENCE_OF_CASES = "vault.evidence_of_cases"
PIN_REQUIREMENTS = "vault.pin_requirements"
KEEP_TEXT = "vault.keep_text"
GATHER_EVIDENCE = "appeals.gather"
BUILD_PACKET = "appeals.build_packet"
NOTE_FILING = "appeals.note_filing"
KEEP_OUTCOME = "appeals.keep_outcome"
PAST_OUTCOMES = "appeals.past_outcomes"
FILE_BY_GATEWAY = "appeals.file_by_gateway"
LOOK_AT_FILING = "appeals.look_at_filing"
TELL_CASES = "appeals.tell_cases"
ASK_SUPPLIER = "desk.ask_supplier"
THANK_SUPPLIER = "desk.thank_supplier"
ALERT_HOST = "desk.alert_host"
PAUSE_ADS = "desk.pause_ads"
RESUME_ADS = "desk.resume_ads"
OPEN_CASES = "desk.open_cases"
OPEN_SHORT_ORDERS = "desk.open_short_orders"
TELL_OF_RESTOCK = "incidents.tell_of_restock"
STOP_SELLING = "shop.stop_selling"
SELL_AGAIN = "shop.sell_again"
SWITCH_LISTING = "shop.switch_listing"
COLLECT_ORDERS = "shop.collect_orders"
CLAIM_SKU = "incidents.claim_sku"
ALLOCATE_UNITS = "incidents.allocate_units"
CHANGE_LEDGER = "incidents.change_ledger"
SETTLE_ORDERS = "incidents.settle_orders"
CLOSE_INCIDENT = "incidents.close_incident"

CASE_SETTLED = "case_settled"

CASE_KIND = SearchAttributeKey.for_keyword("CaseKind")
CASE_STATE = SearchAttributeKey.for_keyword("CaseState")
CASE_OUTCOME = SearchAttributeKey.for_keyword("CaseOutcome")
CASE_SHOP = SearchAttributeKey.for_keyword("CaseShop")
CASE_ORDER = SearchAttributeKey.for_keyword("CaseOrder")
CASE_MARKET = SearchAttributeKey.for_keyword("CaseMarket")
CASE_CHOICE = SearchAttributeKey.for_keyword("CaseChoice")
CASE_INCIDENT = SearchAttributeKey.for_keyword("CaseIncident")
CASE_ASSIGNEE = SearchAttributeKey.for_keyword("CaseAssignee")
CASE_SKU = SearchAttributeKey.for_keyword_list("CaseSku")
CASE_OPENED_AT = SearchAttributeKey.for_datetime("CaseOpenedAt")
CASE_DUE_AT = SearchAttributeKey.for_datetime("CaseDueAt")
CASE_NEEDS_HUMAN = SearchAttributeKey.for_bool("CaseNeedsHuman")
CASE_BREACHED = SearchAttributeKey.for_bool("CaseBreached")

SEARCH_ATTRIBUTES = (
    CASE_KIND,
    CASE_STATE,
    CASE_OUTCOME,
    CASE_SHOP,
    CASE_ORDER,
    CASE_MARKET,
    CASE_CHOICE,
    CASE_INCIDENT,
    CASE_ASSIGNEE,
    CASE_SKU,
    CASE_OPENED_AT,
    CASE_DUE_AT,
    CASE_NEEDS_HUMAN,
    CASE_BREACHED,
)
"""Every key a server needs; the SQL store allows ten Keywords, nine are used."""

_ORDER_CASE = "order-case"
_PICKUP_CASE = "pickup-case"
_APPEAL = "appeal"
_INCIDENT = "incident"


def order_case_id(shop_id: str, order_id: str) -> str:
    """Return the id under which at most one shortage case of an order can be open."""
    return f"{_ORDER_CASE}:{shop_id}:{order_id}"


def is_case_id(written: str) -> bool:
    """Tell whether a text is the id of a case of any kind, with or without suffix."""
    kind, *parts = written.split(":")
    kinds = (_ORDER_CASE, _PICKUP_CASE, _APPEAL, _INCIDENT)
    return kind in kinds and len(parts) in (2, 3) and all(parts)


def order_of_case(case_id: str) -> tuple[str, str] | None:
    """Return (shop_id, order_id) of a shortage case id with or without suffix, else None."""
    parts = case_id.split(":")
    if len(parts) not in (3, 4) or parts[0] != _ORDER_CASE:
        return None
    return parts[1], parts[2]


def pickup_case_id(shop_id: str, package_id: str) -> str:
    """Return the id under which at most one late pickup of a package can be open."""
    return f"{_PICKUP_CASE}:{shop_id}:{package_id}"


def incident_id(shop_id: str, sku_id: str, key: str) -> str:
    """Return the id of the incident of a SKU that goes by *key*."""
    return f"{_INCIDENT}:{shop_id}:{sku_id}:{key}"


def sku_of_incident(case_id: str) -> tuple[str, str, str] | None:
    """Return (shop_id, sku_id, key) of an incident id, else None."""
    match case_id.split(":"):
        case [kind, shop_id, sku_id, key] if kind == _INCIDENT:
            return shop_id, sku_id, key
        case _:
            return None


def appeal_id(shop_id: str, ticket_id: str) -> str:
    """Return the id under which at most one appeal against a ticket can be open."""
    return f"{_APPEAL}:{shop_id}:{ticket_id}"
