"""The base of everything a caller may send."""

from pydantic import BaseModel, ConfigDict


class Request(BaseModel):
    """A body: JSON types are taken as they are, unknown fields are refused rather than dropped."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        str_strip_whitespace=True,
    )
