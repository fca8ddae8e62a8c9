"""What a DECK Commerce site is called with, and what its codes mean there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from serializers.deck.deck_code import same_code
from serializers.deck.timestamp import DEFAULT_FORM

DECK: Final = "DECK"

Meaning = Literal["done", "again", "give_up"]
#: The two codes that DECK's Magento module takes for success: done, and queued.
SUCCESSES: Final[Mapping[str, Meaning]] = MappingProxyType({"0": "done", "15": "done"})


@dataclass(frozen=True, slots=True)
class DeckAccess:
    """What a DECK site is called with.

    Attributes:
        base_url: without a slash at the end.
        site_code: the site's code.
        api_key: the site's key, or the user's when there is a user.
        api_username: "" when the key is the site's.
        format: a name in `serializers.deck.formats.FORMATS`.
        deadline: seconds for one try, a link with its read-back.
        extra_headers: whether `Authorization` and `apiVersion` are sent; DECK's
            Magento module does, whether this call needs them is unknown.
        codes: what a ResponseCode means besides `SUCCESSES`, by number or name in
            any spelling; others give up.
        timestamp_format: see `serializers.deck.timestamp`.
        read_back: whether a link is done only when DECK's order history has it.
    """

    base_url: str
    site_code: str
    api_key: str = field(repr=False)
    api_username: str = ""
    format: str = "json"
    deadline: float = 20.0
    extra_headers: bool = True
    codes: Mapping[str, Meaning] = field(default_factory=dict)
    timestamp_format: str = DEFAULT_FORM
    read_back: bool = False

    def meanings(self) -> Mapping[str, Meaning]:
        """What each code means, to be looked up with `same_code`."""
        own = {same_code(code): meaning for code, meaning in self.codes.items()}
        return {**SUCCESSES, **own}
