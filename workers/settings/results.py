"""Settings of results, which the ERP reads."""

from typing import Final

from pydantic import Field, ValidationInfo, field_validator

from serializers.results.result import ResultType
from workers.fields.types import Count, Seconds, Section

#: What an ERP knows by itself, or hears of in other results.
_LEFT_OUT: Final = {ResultType.ACCEPTED, ResultType.DELIVERED}

TYPES: Final = tuple(one for one in ResultType if one not in _LEFT_OUT)


class Results(Section):
    """Which results are written, and how long they stay."""

    types: tuple[ResultType, ...] = Field(
        TYPES,
        description="The types of results that are written, without `waybill.`; [] for"
        " none",
    )
    retention: Seconds = Field(
        604_800,
        description="Seconds for which a result is kept; longer where a consumer group"
        " has not read it",
    )
    max_entries: Count = Field(
        100_000,
        description="Results of one partition above which the oldest go earlier, unless"
        " a consumer group has not read them",
    )
    max_unread: Count = Field(
        250_000,
        validate_default=True,
        description="Results of one partition up to which those stay that a consumer"
        " group has not read; from there on the oldest go, and `waybill status` and a"
        " metric report it",
    )

    @field_validator("max_unread")
    @classmethod
    def _at_least_as_many(cls, unread: int, found: ValidationInfo) -> int:
        if unread < found.data.get("max_entries", 0):
            raise ValueError("must not be less than WAYBILL_RESULTS__MAX_ENTRIES")
        return unread
