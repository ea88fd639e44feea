"""What is to be said of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.jobs import JobState
from ops.doctor.finding import look, ok

if TYPE_CHECKING:
    from collections.abc import Collection

    from ops.doctor.finding import Finding
    from storage.jobs import Found


def of_jobs(found: Collection[Found], *, running: bool) -> Finding:
    """Return what is to be said of the jobs there are; `running` is whether somebody should be running them."""
    late = {job.kind.value for job, state, _ in found if state is JobState.LATE} if running else set()
    failed = {job.kind.value for job, state, _ in found if state is JobState.FAILED}
    if late:
        return look(
            "jobs",
            f"some have been due for more than five minutes: {', '.join(sorted(late))}",
            "`footfall jobs list --state late` shows them: see the log of `footfall schedule`, or start one more",
        )
    if failed:
        return look(
            "jobs",
            f"the last run of some failed: {', '.join(sorted(failed))}",
            "`footfall jobs list --state failed` says why; once it is mended, `footfall jobs retry`",
        )
    return ok("jobs", f"{len(found)}, none late or failed")
