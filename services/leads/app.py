"""The table of contents of `leads`."""

from pathlib import Path

from services.leads.configurations import KINDS, seed
from services.leads.constraints import CONSTRAINTS
from services.leads.consumers import consumer
from services.leads.handlers import learning, sealing
from services.leads.importers import IMPORTERS
from services.leads.queries import totals
from services.leads.routes import (
    check,
    contact,
    conversion,
    customer,
    duplicate,
    export,
    lead,
    learned_score,
    nurture,
    privacy,
    qualification,
    scoring,
    submission,
    tag,
)
from services.leads.routes.channel import call as channel_call
from services.leads.routes.channel import definition as channel
from services.leads.routes.channel import form as channel_form
from services.leads.routes.channel import intake as channel_intake
from services.leads.routes.channel import replay as channel_replay
from services.leads.routes.channel import trial as channel_trial
from services.leads.timers import TIMERS
from shared import configuration, imports
from shared.app import Resources, Service
from shared.imports import comparing


async def on_start(resources: Resources) -> None:
    """Persons are sealed before anybody is served; an empty enterprise begins with policies that work."""
    await sealing.seal_all(resources.database)
    async with resources.database.tx() as tx:
        await seed(tx)
        await learning.schedule_training(tx, now=tx.now)


SERVICE = Service(
    name="leads",
    summary="Who came to us, how good they look, and what became of them",
    routers=(
        submission.intake,
        submission.router,
        lead.router,
        learned_score.router,
        scoring.router,
        nurture.router,
        tag.router,
        qualification.router,
        conversion.router,
        conversion.bulk,
        customer.router,
        contact.router,
        privacy.leads,
        privacy.contacts,
        privacy.bundles,
        privacy.erasures,
        duplicate.router,
        check.router,
        duplicate.leads,
        duplicate.customers,
        duplicate.contacts,
        channel_intake.router,
        channel_intake.mails,
        channel_form.router,
        channel_call.router,
        channel.router,
        channel.secrets,
        channel_replay.router,
        channel_trial.router,
        channel_trial.trials,
        configuration.router(KINDS),
        imports.router(IMPORTERS),
        comparing.router(totals.COUNTED),
        export.router,
    ),
    consumer=consumer,
    timers=TIMERS,
    migrations=Path(__file__).parent / "migrations",
    constraints=CONSTRAINTS,
    on_start=on_start,
)
