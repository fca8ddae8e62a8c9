"""Mistakes are reported in the operator's words, and a suggestion leads on."""

import pytest

from tests.settings.environments import DECK, WESTCON, problems, with_endpoint
from workers.fields.names import nearest, variables
from workers.settings.settings import Settings


@pytest.mark.parametrize(
    ("fields", "near"),
    [
        ({"url": "x"}, "target_url"),
        ({"target": "x"}, "target_url"),
        ({"certificate": "x"}, "client_certificate"),
        ({"key": "x"}, "client_key"),
        ({"secret": "x"}, "secrets"),
        ({"event": "x"}, "events"),
        ({"header": "x"}, "headers"),
        ({"Rate": 1}, "rate"),
        ({"max-leased": 1}, "max_leased"),
    ],
)
def test_a_wrong_key_of_an_endpoint_leads_to_the_right_one(
    fields: dict[str, object], near: str
) -> None:
    (problem,) = problems(with_endpoint(**fields))

    assert problem.endswith(f"; did you mean ingram.endpoints.acme.{near}?")


def test_a_key_of_a_secret_is_looked_for_among_those_of_secrets() -> None:
    (problem,) = problems(with_endpoint(secrets=[{"value": "x", "untill": "y"}]))

    assert problem.endswith(
        "secrets.0.untill; did you mean ingram.endpoints.acme.secrets.0.until?"
    )


def test_a_key_that_is_near_to_nothing_gets_no_suggestion() -> None:
    (problem,) = problems(with_endpoint(zzz=1))

    assert problem.endswith("unknown key ingram.endpoints.acme.zzz")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("WAYBILL_DECK__URL", "WAYBILL_DECK__BASE_URL"),
        ("WAYBILL_DEKC__API_KEY", "WAYBILL_DECK__API_KEY"),
        ("WAYBILL_HEALTH_PROT", "WAYBILL_HEALTH_PORT"),
        ("WAYBILL_STREEM", "WAYBILL_STREAM"),
        ("WAYBILL_ENDPOINTS", "WAYBILL_INGRAM__ENDPOINTS"),
        ("WAYBILL_CHART_NAME", ""),
    ],
)
def test_a_misspelt_variable_leads_to_the_right_one(name: str, near: str) -> None:
    assert nearest(name, [variable.name for variable in variables(Settings)]) == near


@pytest.mark.parametrize(
    ("environ", "text"),
    [
        (with_endpoint(events="im::x"), "(acme.events) must be a list"),
        (with_endpoint(secrets="s"), "(acme.secrets) must be a list"),
        (with_endpoint(headers=["x"]), "(acme.headers) must be an object"),
        (with_endpoint(max_leased="x"), "(acme.max_leased) must be a whole number"),
        (with_endpoint(target_url=1), "(acme.target_url) must be a text"),
        (DECK | {"WAYBILL_INGRAM__ENDPOINTS": "[1]"}, "must be an object"),
        (DECK | {"WAYBILL_DECK__RETRY_PAUSES": "5"}, "must be a list, like [1, 2]"),
        (DECK | {"WAYBILL_DECK__READ_BACK": "maybe"}, "must be true or false"),
        (DECK | {"WAYBILL_LEASE": "soon"}, "must be a number"),
        (DECK | {"WAYBILL_LEASE": '"60"'}, "quotation marks, which count"),
        (DECK | {"WAYBILL_REDIS_URL": "'redis://h/0'"}, "quotation marks"),
        (WESTCON | {"WAYBILL_WESTCON__STATUSES": '{"SHI": 1}'}, "must be an object"),
    ],
)
def test_a_wrong_kind_of_value_is_stated_without_pythons_words(
    environ: dict[str, str], text: str
) -> None:
    (problem,) = problems(environ)

    assert text in problem
    for word in ("tuple", "dictionary", "instance", "mapping", "Input", "string"):
        assert word not in problem


def test_a_secret_with_something_too_many_states_what() -> None:
    (problem,) = problems(DECK | {"WAYBILL_DECK__API_KEY": "\ufeffkey"})

    assert problem.startswith("WAYBILL_DECK__API_KEY begins with a byte-order mark")
