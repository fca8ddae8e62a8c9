"""Where the textbook pipeline finds its Redis, its partners and its secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

#: Every setting is an environment variable: this, then the field's name.
PREFIX = "TEXTBOOK_"


@dataclass(frozen=True, slots=True)
class Settings:
    """All there is to set; every field is demanded."""

    redis_url: str
    token_url: str
    westcon_url: str
    deck_url: str
    receiver_url: str
    client_id: str
    client_secret: str = field(repr=False)
    resource: str
    subscription_key: str = field(repr=False)
    partner_key: str = field(repr=False)
    site_code: str
    api_key: str = field(repr=False)
    receiver_secret: str = field(repr=False)

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Take the settings from the environment.

        Raises:
            LookupError: naming every variable that is missing.
        """
        names = {each.name: PREFIX + each.name.upper() for each in fields(cls)}
        if missing := [name for name in names.values() if name not in environ]:
            raise LookupError(f"set these variables: {', '.join(missing)}")
        return cls(**{field: environ[name] for field, name in names.items()})
