"""The published schema is one, and knows every type."""

import json

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from serializers.results.result import ResultType
from serializers.results.schema import schema
from tests.serializers.results.samples import event


def test_the_schema_is_a_schema_with_an_alternative_for_each_type() -> None:
    made = schema()

    Draft202012Validator.check_schema(made)
    text = json.dumps(made)
    assert all(f'"waybill.{one.value}"' in text for one in ResultType)


def test_a_type_without_its_data_is_refused() -> None:
    validator = Draft202012Validator(schema())

    assert not validator.is_valid(event("waybill.order.finished", {"reason": "other"}))
    assert not validator.is_valid(event("waybill.order.unheard_of", {}))
    assert validator.is_valid(event("waybill.order.finished", {"reason": "complete"}))
