"""Nobody overwrites what they have not seen."""

from shared.refusals import PreconditionFailed


def check_version(sequence: int, if_match: int | None) -> None:
    """Refuse a change based on another state; nothing given means any state."""
    if if_match is not None and if_match != sequence:
        raise PreconditionFailed(sequence=sequence)
