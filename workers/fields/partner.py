"""The settings that every partner has: pauses, a breaker, limits, its way out."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, Field, SecretStr

from tasks.outcomes.retry import RetryPolicy
from workers.fields.names import name_of
from workers.fields.types import (
    AuthoritiesFile,
    Count,
    Pause,
    PerMinute,
    ProxyUrl,
    Seconds,
    Section,
)

#: Standard Webhooks' schedule: ten attempts over three days.
PAUSES = (
    5.0,
    300.0,
    1_800.0,
    7_200.0,
    18_000.0,
    36_000.0,
    50_400.0,
    72_000.0,
    86_400.0,
)


class Partner(Section):
    """What every partner has: pauses, a breaker, limits.

    Attributes:
        NEEDED: fields that a partner in use must have; setting any of them puts it in
            use. Empty text means not set.
        WITHIN: the models of the objects inside a field, the outer one first.
        APART: fields with a digest of their own, by its name: workers that differ in
            them are reported by it; see `workers.settings.digests`.
    """

    NEEDED: ClassVar[tuple[str, ...]] = ()
    WITHIN: ClassVar[Mapping[str, tuple[type[BaseModel], ...]]] = {}
    APART: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    retry_pauses: tuple[Pause, ...] = Field(
        PAUSES,
        description="Seconds after the first, second, … failed attempt;"
        " n pauses mean n + 1 attempts",
    )
    retry_after_max: Seconds = Field(
        86_400,
        description="The most seconds of a Retry-After that are honoured",
    )
    breaker_failures: Count = Field(
        5,
        description="Failures in a row after which a destination is left alone",
    )
    breaker_seconds: Seconds = Field(
        30,
        description="Seconds for which it is left alone before one call probes it",
    )
    rate: PerMinute = Field(
        0,
        description="Calls per minute to one destination, over all workers;"
        " 0 is unlimited",
    )
    hold_after: int = Field(
        50,
        ge=0,
        description="Calls in a row after which what they were for is given up, over"
        " all workers, until it is paused as by `waybill pause`; what waits is kept; 0:"
        " never",
    )
    ca_file: AuthoritiesFile = Field(
        "",
        description="PEM file of the authorities whose certificates are trusted, in"
        " place of the public ones that come with Waybill",
    )
    proxy: ProxyUrl = Field(
        SecretStr(""),
        description="The HTTP proxy for all calls, `http://[user:password@]host:port`;"
        " `HTTPS_PROXY` and the like do not count",
    )

    @property
    def in_use(self) -> bool:
        return any(getattr(self, name) for name in self.NEEDED)

    @property
    def retry(self) -> RetryPolicy:
        return RetryPolicy(self.retry_pauses, self.retry_after_max)

    @property
    def longest_look(self) -> float:
        """Seconds between two looks at an order, at most; 0 where none is watched."""
        return 0.0

    @classmethod
    def is_given(cls, values: Mapping[str, Any]) -> bool:
        """Whether raw values put the partner in use."""
        return any(values.get(key) for key in cls.NEEDED)

    @classmethod
    def gaps(cls, section: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Name what a partner in use lacks: variable and complaint.

        Args:
            section: the partner's name.
            values: raw, so that no mistake in another one hides a gap.
        """
        given = next((key for key in cls.NEEDED if values.get(key)), None)
        for key in cls.NEEDED:
            if given and not values.get(key):
                what = cls.model_fields[key].description
                rival = name_of((section, given))
                way_out = f"Set it, or unset {rival} if this partner is not used"
                yield name_of((section, key)), f"is missing: {what}. {way_out}"
