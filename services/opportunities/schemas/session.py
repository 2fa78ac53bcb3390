"""Requests and responses about signing in."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr

from shared.web import Request


class SignIn(Request):
    """A name and a password."""

    username: Annotated[str, Field(min_length=1, max_length=200)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class Session(BaseModel):
    """A token to send as `Authorization: Bearer …`."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme, not a secret
    expires_in: int
    """In seconds."""
