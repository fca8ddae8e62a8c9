"""Results as the tests spell them."""

from collections.abc import Mapping

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from serializers.results.schema import schema

VALIDATOR = Draft202012Validator(schema())


def event(kind: str, data: Mapping[str, object]) -> dict[str, object]:
    """An event of this type with its envelope."""
    return {
        "specversion": "1.0",
        "id": "1",
        "source": "waybill",
        "type": kind,
        "subject": "SO-1",
        "time": "2026-02-03T04:05:06.007Z",
        "sequence": "0000000001",
        "data": dict(data),
    }


def complaints(event: object) -> list[str]:
    """What is wrong with a result, by the published schema."""
    return [error.message for error in VALIDATOR.iter_errors(event)]
