"""Where one wants to be told what."""

from services.notifications import queries
from services.notifications.domain.preference import Preferences
from services.notifications.handlers import preference
from services.notifications.routes import A_PERSON
from services.notifications.schemas import PreferencesIn, PreferencesOut
from shared.web import Actor, Tx, door

router = door.router(prefix="/preferences", tags=["preferences"])


@router.get("", dependencies=[A_PERSON])
async def show_preferences(tx: Tx, actor: Actor) -> PreferencesOut:
    """One's language, and the channels besides the inbox for each kind of notice."""
    return await queries.preferences(tx, actor.id)


@router.put("", dependencies=[A_PERSON])
async def choose_preferences(chosen: PreferencesIn, tx: Tx, actor: Actor) -> PreferencesOut:
    """Replace one's choices; an empty list of channels leaves only the inbox."""
    await preference.choose(
        tx,
        Preferences(
            person_id=actor.id, language=chosen.language, channels=chosen.without_repeats()
        ),
    )
    return await queries.preferences(tx, actor.id)
