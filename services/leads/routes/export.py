"""Records as files."""

from functools import partial
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import StreamingResponse

from services.leads.handlers import export as handlers
from services.leads.queries import contact_export as contact_queries
from services.leads.queries import export as queries
from services.leads.schemas.contact_export import ContactExport, contact_columns
from services.leads.schemas.customer_export import CustomerExport, customer_columns
from services.leads.schemas.lead_export import LeadExport, columns
from shared import exports
from shared.exports import Export
from shared.web import EVERYBODY, Actor, Tx, allow, door

router = door.router(prefix="/exports", tags=["exports"])


@router.get("/leads", dependencies=[allow(*EVERYBODY)], response_class=StreamingResponse)
async def export_leads(
    request: Request, tx: Tx, actor: Actor, wanted: Annotated[LeadExport, Query()]
) -> StreamingResponse:
    """All leads that you may see, as CSV or XLSX; imported again, the file changes nothing."""
    await handlers.note_export(
        tx,
        kind="leads",
        wanted=wanted.model_dump(mode="json", exclude_none=True, exclude={"reveal", "purpose"}),
        reveal=wanted.reveal,
        purpose=wanted.purpose,
        by=actor,
    )

    async def prepare() -> Export:
        custom = await exports.gathered(request, partial(queries.custom_fields, wanted=wanted))
        read = partial(queries.leads, wanted=wanted, custom=custom, revealed=wanted.reveal)
        return Export(columns=columns(custom), read=read)

    return exports.answer(request, name="leads", form=wanted.form, prepare=prepare)


@router.get("/contacts", dependencies=[allow(*EVERYBODY)], response_class=StreamingResponse)
async def export_contacts(
    request: Request, tx: Tx, actor: Actor, wanted: Annotated[ContactExport, Query()]
) -> StreamingResponse:
    """All contacts that you may see, as CSV or XLSX; imported again, the file changes nothing."""
    await handlers.note_export(
        tx,
        kind="contacts",
        wanted=wanted.model_dump(mode="json", exclude_none=True, exclude={"reveal", "purpose"}),
        reveal=wanted.reveal,
        purpose=wanted.purpose,
        by=actor,
    )

    async def prepare() -> Export:
        find = partial(contact_queries.custom_fields, wanted=wanted)
        custom = await exports.gathered(request, find)
        read = partial(
            contact_queries.contacts, wanted=wanted, custom=custom, revealed=wanted.reveal
        )
        return Export(columns=contact_columns(custom), read=read)

    return exports.answer(request, name="contacts", form=wanted.form, prepare=prepare)


@router.get("/customers", dependencies=[allow(*EVERYBODY)], response_class=StreamingResponse)
async def export_customers(
    request: Request, tx: Tx, actor: Actor, wanted: Annotated[CustomerExport, Query()]
) -> StreamingResponse:
    """All customers that you may see, as CSV or XLSX; imported again, the file changes nothing."""
    told = wanted.model_dump(mode="json", exclude_none=True)
    await handlers.note_export(
        tx, kind="customers", wanted=told, reveal=False, purpose="", by=actor
    )

    async def prepare() -> Export:
        custom = await exports.gathered(request, queries.custom_fields_of_customers)
        read = partial(queries.customers, wanted=wanted, custom=custom)
        return Export(columns=customer_columns(custom), read=read)

    return exports.answer(request, name="customers", form=wanted.form, prepare=prepare)
