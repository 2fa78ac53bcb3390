"""What people want to be told where."""

from services.notifications.domain.preference import Preferences
from services.notifications.repository import preference as repository
from shared import audit
from shared.db import Tx


async def choose(tx: Tx, preferences: Preferences) -> None:
    """Take over a person's choices; notices that are already on their way keep their channels."""
    await repository.save(tx, preferences)
    await audit.record(
        tx,
        action="notification_preferences_chosen",
        subject_kind="person",
        subject_id=preferences.person_id,
        after={"language": preferences.language, "channels": preferences.channels},
    )
