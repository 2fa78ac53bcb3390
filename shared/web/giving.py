"""Arguments that the door hands to a route itself.

FastAPI would solve each as a dependency, anew for every request, which takes longer than what the
door has at hand: the transaction, who is asking, the time, the body.
"""

import functools
import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, get_type_hints

from fastapi import Request

from shared.web.visit import Visit, visit_of

Endpoint = Callable[..., Coroutine[Any, Any, Any]]
_REQUEST = "request"


@dataclass(frozen=True)
class Given:
    """Marks a parameter, as in `Annotated[datetime, Given(...)]`; says where the argument is."""

    of: Callable[[Visit], Any]


def given(endpoint: Endpoint) -> Endpoint:
    """The endpoint as FastAPI is to see it: without the parameters that the door fills in."""
    hints = get_type_hints(endpoint, include_extras=True)
    gifts = {
        name: mark.of
        for name, hint in hints.items()
        for mark in getattr(hint, "__metadata__", ())
        if isinstance(mark, Given)
    }
    if not gifts:
        return endpoint
    asked = next((name for name, hint in hints.items() if hint is Request), None)

    @functools.wraps(endpoint)
    async def filled_in(**arguments: Any) -> Any:
        visit = visit_of(arguments[asked] if asked else arguments.pop(_REQUEST))
        return await endpoint(
            **arguments, **{name: argument(visit) for name, argument in gifts.items()}
        )

    signature = inspect.signature(endpoint)
    left = [one for name, one in signature.parameters.items() if name not in gifts]
    if asked is None:
        kind = inspect.Parameter.KEYWORD_ONLY
        left.append(inspect.Parameter(_REQUEST, kind, annotation=Request))
    filled_in.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]  # what `inspect` looks for
    return filled_in
