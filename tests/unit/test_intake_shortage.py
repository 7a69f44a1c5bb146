"""From an export or a shop to who is served, who is short, and what cases are opened with."""

from pathlib import Path

import pytest

from casedesk.intake import IntakeError, SkuDemand, from_shop, plan_shortage, read_export
from domain.allocation import AllocationPolicy
from domain.errors import InputError
from domain.intake import Intake
from domain.money import Money
from domain.orders import Order, OrderLine, OrderStatus
from tests.support.exports import NOON, Plain, csv_of, order_id, plain


def intake_of(tmp_path: Path, *orders: Plain) -> Intake:
    return read_export(csv_of(tmp_path / "orders.csv", orders), market="TH")


def test_the_answer_has_the_shape_of_the_command_line(tmp_path: Path) -> None:
    waiting = [plain(1), plain(2, quantity=2)]
    packed = plain(3, status=OrderStatus.AWAITING_COLLECTION)
    intake = intake_of(tmp_path, *waiting, packed)

    plan = plan_shortage(intake, sku="JACKET-M", on_hand=1)

    assert {
        "served": [
            {
                "order_id": order_id(1),
                "quantity": 1,
                "why": "Served: paid 2026-11-20 19:01:00 (1st in line), 1 of the 1 unit left.",
            }
        ],
        "short": [
            {
                "order_id": order_id(2),
                "quantity": 2,
                "why": "Short: paid 2026-11-20 19:02:00 (2nd in line), needs 2 units"
                " and none was left.",
            }
        ],
        "skipped": [{"order_id": order_id(3), "reason": "in_parcel"}],
    } == plan.answer()
    assert (3, "1 orders are short and 1 are served") == (plan.demand, plan.summary.split(":")[0])


def test_short_orders_carry_what_their_case_is_opened_with(tmp_path: Path) -> None:
    intake = intake_of(tmp_path, plain(1, quantity=2), plain(2, sku_id=""))

    plan = plan_shortage(intake, sku="JACKET-M", on_hand=0)

    assert [{"sku_id": "1729384756000000001", "quantity": 2}] == plan.opening_lines(order_id(1))
    assert [{"seller_sku": "JACKET-M", "quantity": 1}] == plan.opening_lines(order_id(2))


def test_seller_sku_and_sku_id_find_the_same_orders(tmp_path: Path) -> None:
    intake = intake_of(tmp_path, plain(1), plain(2, sku_id="5", seller_sku="SOCKS"))

    by_seller = plan_shortage(intake, sku="JACKET-M", on_hand=0)
    by_id = plan_shortage(intake, sku=" 1729384756000000001 ", on_hand=0)

    assert by_seller.answer() == by_id.answer()
    assert 1 == len(by_id.short)


def test_with_enough_on_hand_nothing_is_short_and_that_is_said(tmp_path: Path) -> None:
    plan = plan_shortage(intake_of(tmp_path, plain(1), plain(2)), sku="JACKET-M", on_hand=2)

    assert ((), {}) == (plan.short, plan.short_lines)
    assert "Nothing is short: 2 units are on hand and 2 are asked for." == plan.summary


@pytest.mark.parametrize(
    ("sku", "hint"),
    [("jacket-m", "did you mean JACKET-M?"), ("PURPLE", "check the Seller SKU or SKU ID")],
)
def test_a_sku_of_no_order_is_refused_with_near_matches(
    tmp_path: Path, sku: str, hint: str
) -> None:
    with pytest.raises(IntakeError, match=f"No order holds the SKU '{sku}'; .*{hint[:20]}"):
        plan_shortage(intake_of(tmp_path, plain(1)), sku=sku, on_hand=1)


def test_a_bad_count_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="on_hand"):
        plan_shortage(intake_of(tmp_path, plain(1)), sku="JACKET-M", on_hand=-1)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": OrderStatus.UNPAID, "paid_at": None}, "unpaid"),
        ({"status": OrderStatus.CANCELLED}, "cancelled"),
        ({"status": OrderStatus.DELIVERED}, "shipped"),
        ({"cancel_type": "Cancel"}, "buyer_cancelling"),
        ({"fulfillment_type": "Fulfillment by TikTok Shop"}, "platform_fulfilled"),
        ({"status": OrderStatus.PARTIALLY_SHIPPING, "tracking_id": "TH1"}, "in_parcel"),
    ],
)
def test_rows_of_an_export_are_skipped_for_the_same_reasons(
    tmp_path: Path, changes: Plain, reason: str
) -> None:
    plan = plan_shortage(intake_of(tmp_path, plain(1, **changes)), sku="JACKET-M", on_hand=1)

    assert [{"order_id": order_id(1), "reason": reason}] == plan.answer()["skipped"]


@pytest.mark.parametrize(
    "changes",
    [
        {"status": OrderStatus.ON_HOLD},
        {"status": OrderStatus.PARTIALLY_SHIPPING},
        {"paid_at": None, "payment_method": "Cash on delivery"},
        {"cancel_type": "Return/Refund"},
    ],
)
def test_rows_that_still_have_to_be_sent_compete(tmp_path: Path, changes: Plain) -> None:
    plan = plan_shortage(intake_of(tmp_path, plain(1, **changes)), sku="JACKET-M", on_hand=1)

    assert [order_id(1)] == [one.order_id for one in plan.served]


def test_of_an_order_in_two_parcels_only_the_unshipped_units_compete(tmp_path: Path) -> None:
    gone = plain(1, status=OrderStatus.IN_TRANSIT, package_id="77")
    intake = intake_of(tmp_path, gone, plain(1, quantity=2))

    plan = plan_shortage(intake, sku="JACKET-M", on_hand=0)

    assert [(order_id(1), 2)] == [(one.order_id, one.quantity) for one in plan.short]


def shop_order(number: int, status: OrderStatus = OrderStatus.AWAITING_SHIPMENT) -> Order:
    price = Money(amount_minor=1900, currency="USD")
    unit = OrderLine(line_id="1", sku_id="900", seller_sku="JACKET-M", price=price)
    return Order(
        order_id=str(number),
        status=status,
        created_at=NOON,
        paid_at=NOON,
        total=price,
        lines=(unit,),
    )


def test_a_shop_gives_the_same_plan_as_an_export() -> None:
    packed = shop_order(3, OrderStatus.AWAITING_COLLECTION)
    demand = from_shop([shop_order(2), packed, shop_order(1)], "JACKET-M")

    plan = plan_shortage(demand, sku="JACKET-M", on_hand=1)

    assert (["1"], ["2"], ["3"]) == (
        [one.order_id for one in plan.served],
        [one.order_id for one in plan.short],
        [one.order_id for one in plan.skipped],
    )


def test_the_policy_and_the_hurt_reach_the_rules() -> None:
    demand = from_shop([shop_order(1), shop_order(2)], "900", hurt_before=frozenset({"2"}))

    plan = plan_shortage(demand, sku="900", on_hand=1, policy=AllocationPolicy.HURT_BEFORE_FIRST)

    assert ["2"] == [one.order_id for one in plan.served]


def test_a_shop_order_with_an_unknown_status_is_reported_not_guessed() -> None:
    demand = from_shop([shop_order(1, OrderStatus.UNKNOWN)], "900")

    plan = plan_shortage(demand, sku="900", on_hand=1)

    assert ((), (), ()) == (plan.served, plan.short, plan.skipped)
    assert "Order 1 has a status we do not know" in plan.notes[0]


def test_a_sku_no_shop_order_holds_is_refused() -> None:
    demand = SkuDemand(sku="900", candidates=(), known_skus=("901",))

    with pytest.raises(IntakeError, match="did you mean 901"):
        plan_shortage(demand, sku="900", on_hand=1)
