"""Forms as their pages ask for them."""

from typing import Literal

Language = Literal["zh", "en"]
