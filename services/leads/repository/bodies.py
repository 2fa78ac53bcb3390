"""What senders sent, sealed: nobody can tell beforehand which bytes of it are a person's."""

from uuid import UUID

from services.leads.repository.rows import place_of
from shared.db import Tx


def seal(tx: Tx, submission_id: UUID, body: bytes) -> bytes:
    """A body as it is kept."""
    return tx.sealer.seal(body, place=place_of("submission", submission_id))


def opened(tx: Tx, submission_id: UUID, body: bytes) -> bytes:
    """A body as it came; nothing is left of one that was erased."""
    return tx.sealer.open(body, place=place_of("submission", submission_id)) if body else b""


def content_mark(tx: Tx, content_hash: bytes) -> bytes:
    """What the same content is recognised by, and nobody can find by guessing."""
    return tx.sealer.mark(content_hash.hex(), place="submission")
