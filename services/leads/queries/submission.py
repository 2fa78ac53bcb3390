"""Submissions, and what was sent."""

from uuid import UUID

from services.leads.domain.refusals import SubmissionNotFound
from services.leads.repository.bodies import opened
from services.leads.schemas.submission import SubmissionLine, SubmissionOut, SubmissionState
from shared.db import Tx
from shared.web import Page, PageRequest


async def submission_page(
    tx: Tx, state: SubmissionState | None, channel: str | None, page: PageRequest
) -> Page[SubmissionLine]:
    """Submissions, the newest first."""
    rows = await tx.fetch(
        """
        SELECT id, state, channel, problem, lead_id, received_by, received_at
          FROM submission
         WHERE ($1 OR unit_id = ANY($2) OR received_by = $3)
           AND ($4::text IS NULL OR state = $4)
           AND ($5::text IS NULL OR channel = $5)
           AND ($6::timestamptz IS NULL OR (received_at, id) < ($6, $7::uuid))
         ORDER BY received_at DESC, id DESC
         LIMIT $8
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        state,
        channel,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    lines = [SubmissionLine.model_validate(dict(row)) for row in rows]
    return page.page(lines, sort=lambda line: (line.received_at, line.id))


async def submission(tx: Tx, submission_id: UUID) -> SubmissionOut:
    """One submission, byte for byte as far as bytes can be shown as text."""
    row = await tx.fetchrow(
        """
        SELECT id, state, channel, problem, lead_id, received_by, received_at, content_type, body,
               opened, mended, discarded_for, emptied_at
          FROM submission
         WHERE id = $1
           AND ($2 OR unit_id = ANY($3) OR received_by = $4)
        """,
        submission_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    if row is None:
        raise SubmissionNotFound(submission_id=submission_id)
    texts = {
        name: opened(tx, submission_id, row[name]).decode(errors="backslashreplace")
        if row[name] is not None
        else None
        for name in ("body", "opened", "mended")
    }
    return SubmissionOut.model_validate({**row, **texts})
