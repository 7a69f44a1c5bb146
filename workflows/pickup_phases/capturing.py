"""What machines can prove is taken down at once, and again when it changes."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.pickup import PickupCase
    from workflows.policies import SHOP_READ
    from workflows.ports import (
        CaptureEvidence,
        CaptureKind,
        EffectKey,
        EvidenceCaptured,
        PackagesPort,
    )
    from workflows.strands import or_given_up

_WITHOUT = "An appeal would lack what the platform showed on the day."


async def capture(case: PickupCase) -> None:
    """Take down booking, tracking, clocks and manifest; then each new booking and the scan."""
    for what in CaptureKind:
        await _capture(case, what, "opening")
    bookings = 0
    while not (case.collected_at and bookings == len(case.rebooking.booked)):
        await _something_new(case, bookings)
        if bookings < len(case.rebooking.booked):
            bookings += 1
            await _capture(case, CaptureKind.BOOKING, f"rebooked-{bookings}")
    for what in (CaptureKind.TRACKING, CaptureKind.MANIFEST):
        await _capture(case, what, "collected")


async def _something_new(case: PickupCase, bookings: int) -> None:
    await case.wait(lambda: case.collected_at is not None or len(case.rebooking.booked) > bookings)


async def _capture(case: PickupCase, what: CaptureKind, label: str) -> None:
    async def attempt(_key: EffectKey) -> EvidenceCaptured:
        cmd = CaptureEvidence(
            case_id=case.case_id,
            shop_id=case.shop_id,
            package_id=case.package_id,
            what=what,
            label=label,
            at=case.now,
        )
        return await case.remote(
            PackagesPort.capture_evidence, cmd, SHOP_READ, f"capture {what} {label}"
        )

    step = case.take_step(
        f"capture:{what}:{label}", attempt, dispensable=True, otherwise=_WITHOUT, beside=True
    )
    captured: EvidenceCaptured | None = await or_given_up(step)
    if captured and captured.held:
        case.hold(captured.held, detail=f"{what} ({label})")
