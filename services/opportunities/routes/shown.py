"""What is not there, or not for the caller, is answered alike."""

from typing import TypeVar

from shared.refusals import NotFound

T = TypeVar("T")


def found(shown: T | None) -> T:
    """The thing asked for."""
    if shown is None:
        raise NotFound
    return shown
