"""Samples: structure and what is harmless; nobody's data, within 4 KiB."""

import json
import random
import string

import pytest

from serializers.drift import sample
from serializers.drift.differences import differences
from serializers.drift.sample import MAX_BYTES
from serializers.formats import lenient_json
from serializers.westcon.contract import ORDER_STATUS
from tests.serializers.drift.documents import LINE

LINES = "MT_OrderStatus_Response"


def of(document: object, hide: object = str) -> list[str]:
    body = json.dumps(document).encode()
    value = lenient_json.loads(body, document="sample")
    found = differences(value, ORDER_STATUS.reply)
    assert found
    return [sample.of_difference(one, body, hide) for one in found]  # type: ignore[arg-type] # any function


def test_it_is_the_object_in_which_it_stands_spelled_as_it_came() -> None:
    (made,) = of({LINES: [LINE, LINE | {"newFlag": "YES"}]})

    assert json.loads(made)["in"] == {
        "newFlag": "YES",
        "eRPOrderNumber": "<text 10>",
        "eRPOrderLineNumber": "<text 6>",
        "customerOrderNumber": "<text 17>",
        "customerLineNumber": "",
        "eRPProductNumber": "<text 6>",
        "lineQuantity": "9.999",
        "unitOfMeasure": "EA",
        "lineStatusCode": "SHI",
        "lineStatusDescription": "<text 7>",
        "statusDate": "99999999",
        "shipDate": "99999999",
        "billingDocument": "",
        "parentERPLine": "<text 6>",
    }


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("INV", "INV"),
        ("ORDER_SPLIT", "ORDER_SPLIT"),
        ("im::on_hold", "im::on_hold"),
        ("Jane", "<text 4>"),
        ("MILLER", "<text 6>"),
        ("hunter2", "<text 7>"),
        ("jane.doe@example.org", "<text 20>"),
        ("+1 (555) 010-9999", "+9 (999) 999-9999"),
        ("2026-11-27T08:00:00Z", "9999-99-99a99:99:99a"),
        ("", ""),
        (7, 7),
        (123, 123),
        (5550109999, "<number 10>"),
        (-1.5, -1.5),
        (True, True),
        (None, None),
        ({"name": "Jane", "n": 12345}, {"name": "<text 4>", "n": "<number 5>"}),
        (["a", "b", "c", "d"], ["<text 1>"] * 3 + ["<1 more items>"]),
        ("\x1b[31m\u202e", "<text 6>"),
    ],
)
def test_of_the_new_member_only_a_constant_is_shown(
    value: object, shown: object
) -> None:
    (made,) = of({LINES: [LINE | {"added": value}]})

    assert json.loads(made)["in"]["added"] == shown


def test_a_secret_is_masked_before_the_cut_wherever_it_stands() -> None:
    secret = "ABCD"

    (made,) = of(
        {LINES: [LINE | {"added": secret}]}, lambda text: text.replace(secret, "***")
    )

    assert secret not in made
    assert "***" in made


def test_it_never_has_more_than_its_bytes_nor_a_character_that_acts() -> None:
    dice = random.Random(0)
    names = ["".join(dice.choices(string.printable, k=200)) for _ in range(500)]
    deep: object = "x"
    for _ in range(25):
        deep = {"d": [deep]}

    for document in ({n: n for n in names}, {"a" * 50 + str(n): 1 for n in range(500)}):
        for made in of({LINES: [LINE | document | {"deep": deep}]}):
            assert len(made.encode()) <= MAX_BYTES
            assert made.isprintable()


def test_of_a_head_the_names_are_shown_and_of_what_is_new_its_form() -> None:
    headers = {
        "set-cookie": "session=hunter2",
        "x-ratelimit-left": "42",
        "authorization": "Bearer hunter2",
        "jane.doe@example.org": "x",
    }

    made = sample.of_head(429, headers, "x-ratelimit-left", str)

    assert json.loads(made) == {
        "status": 429,
        "headers": ["<name 20>", "authorization", "set-cookie", "x-ratelimit-left"],
        "x-ratelimit-left": "99",
    }


def test_of_a_document_that_nobody_reads_little_is_shown() -> None:
    body = b"<html>Jane Doe</html>"

    made = sample.of_body(200, {"content-type": "text/html"}, body, str)

    assert json.loads(made) == {
        "status": 200,
        "bytes": 21,
        "content-type": "<text 9>",
        "begins": "<",
    }


def test_of_a_value_a_code_is_shown_or_its_form() -> None:
    assert json.loads(sample.of_value("code", "SuccessQueued", str)) == {
        "code": "SuccessQueued"
    }
    assert json.loads(sample.of_value("code", "Jane Doe 12", str)) == {"code": "a a 99"}
