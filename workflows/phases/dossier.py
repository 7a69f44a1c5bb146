"""The dossier, the same for every kind: what the files keep of a case that has ended."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseView
    from workflows.case import Case
    from workflows.policies import OURS
    from workflows.ports import FileCase, RecordsPort


async def file_dossier(case: Case, view: CaseView) -> None:
    """File the last view of a case and its story; tried until the records take them."""
    dossier = FileCase(case_id=case.case_id, view=view, timeline=tuple(case.story.timeline))
    await workflow.execute_activity_method(
        RecordsPort.file_case,
        dossier,
        task_queue=OURS.task_queue,
        start_to_close_timeout=OURS.attempt,
        retry_policy=OURS.retry,
        summary="file the dossier",
    )
