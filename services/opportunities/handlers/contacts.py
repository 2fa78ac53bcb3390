"""Who speaks for which customer, as `leads` says."""

from collections.abc import Sequence

from services.opportunities.repository import contact_copies as copies
from shared.consumer import Heard
from shared.contracts.leads import (
    ContactAdded,
    ContactLinked,
    ContactMerged,
    ContactReinstated,
    ContactUnlinked,
    ContactUnmerged,
    ContactWithdrawn,
)
from shared.db import Tx


async def note_added(tx: Tx, batch: Sequence[Heard[ContactAdded]]) -> None:
    """New people who speak for a customer."""
    await copies.add(tx, [heard.event for heard in batch])


async def note_linked(tx: Tx, batch: Sequence[Heard[ContactLinked]]) -> None:
    """People speak for one more customer."""
    await copies.link(tx, [heard.event for heard in batch])


async def note_unlinked(tx: Tx, batch: Sequence[Heard[ContactUnlinked]]) -> None:
    """People do not speak for a customer any more."""
    await copies.unlink(tx, [heard.event for heard in batch])


async def note_merged(tx: Tx, batch: Sequence[Heard[ContactMerged]]) -> None:
    """Contacts redirect to those who go on for them."""
    await copies.redirect(tx, {heard.event.contact_id: heard.event.into_id for heard in batch})


async def note_unmerged(tx: Tx, batch: Sequence[Heard[ContactUnmerged]]) -> None:
    """Contacts are their own again."""
    await copies.redirect(tx, {heard.event.contact_id: None for heard in batch})


async def note_withdrawn(tx: Tx, batch: Sequence[Heard[ContactWithdrawn]]) -> None:
    """Contacts went with the conversion or the file that had made them."""
    await copies.withdraw(tx, [heard.event.contact_id for heard in batch])


async def note_reinstated(tx: Tx, batch: Sequence[Heard[ContactReinstated]]) -> None:
    """Contacts came back with their file."""
    await copies.reinstate(tx, [heard.event.contact_id for heard in batch])
