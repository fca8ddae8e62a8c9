"""Endpoint of Ingram notifications: target, spelling and secrets."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final, Generic, Literal, TypeVar

from workers.partners.ingram.answer_table import AnswerTable

S = TypeVar("S")

#: Receivers that are kept as they were made. To make one takes some 30 µs.
KEPT: Final = 2_048


@dataclass(frozen=True, slots=True)
class Secret:
    """A key that signs, and when.

    Attributes:
        value: a text, or `whsec_` before a key in base64.
        begins: the first instant at which it signs; None: it always has.
        ends: the first instant at which it no longer does; None: never.
    """

    value: str = field(repr=False)
    begins: datetime | None = None
    ends: datetime | None = None

    def signs(self, at: datetime) -> bool:
        """Return whether it signs at an instant."""
        begun = self.begins is None or self.begins <= at
        return begun and (self.ends is None or at < self.ends)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A named receiver.

    Attributes:
        name: as in the settings.
        mode: "relay" through Ingram's API, or "direct" to the target.
        target_url: where notifications go.
        secrets: the first that is live signs x-hub-signature, all live ones sign
            the Standard Webhooks header.
        hub_encoding: of x-hub-signature.
        headers: sent besides, in direct mode; their values may be secrets.
        verify: whether its certificate is checked, or by whose authority.
        cert: our own certificate for it.
        answers: what its statuses mean.
        traceparent: whether calls name the trace that they belong to.
    """

    name: str
    mode: Literal["relay", "direct"]
    target_url: str
    secrets: tuple[Secret, ...]
    hub_encoding: Literal["base64", "hex"]
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    verify: bool | str = True
    cert: str | tuple[str, str] | None = None
    answers: AnswerTable = field(default_factory=AnswerTable)
    traceparent: bool = False

    def live_secrets(self, at: datetime) -> tuple[str, ...]:
        """Return the secrets that sign at an instant, in their order."""
        return tuple(secret.value for secret in self.secrets if secret.signs(at))

    def hidden(self) -> tuple[str, ...]:
        """Return every text that must not come back in a message."""
        secrets = [secret.value for secret in self.secrets]
        bare = [value.removeprefix("whsec_") for value in secrets]
        # An authorisation is its scheme and its secret.
        words = [word for value in self.headers.values() for word in value.split()]
        return (*secrets, *bare, *self.headers.values(), *words)


class Receivers(Mapping[str, Endpoint], Generic[S]):
    """Endpoints by name, each made of its settings when it is called.

    Those that were called lately are kept.

    Args:
        settings: by name.
        made: an endpoint, of its name and its settings.
    """

    def __init__(
        self, settings: Mapping[str, S], made: Callable[[str, S], Endpoint]
    ) -> None:
        self._settings = settings
        self._made = lru_cache(KEPT)(lambda name: made(name, settings[name]))

    def __getitem__(self, name: str) -> Endpoint:
        return self._made(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._settings)

    def __len__(self) -> int:
        return len(self._settings)
