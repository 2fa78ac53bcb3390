"""What people want to be told where."""

from services.notifications.domain.preference import Preferences
from shared.db import Tx


async def save(tx: Tx, preferences: Preferences) -> None:
    """Store a person's choices in place of the earlier ones."""
    await tx.execute(
        """
        INSERT INTO preference (person_id, language, channels)
        VALUES ($1, $2, $3)
            ON CONFLICT (person_id) DO UPDATE
           SET language = excluded.language,
               channels = excluded.channels
        """,
        preferences.person_id,
        preferences.language,
        dict(preferences.channels),
    )
