"""Whatever text Westcon sends, nothing that cannot be seen is stored or sent on."""

import json
import unicodedata
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from serializers.order_record import Order, pack, unpack
from serializers.westcon.reply import decode_reply
from tasks.ledger_values import Advance, Claim, Held
from tasks.planning.notifications import plan_cancellation
from tasks.polling.compare import compare
from tests.defaults import endpoint_rule, plan_rules
from tests.tasks.fakes import START_MS
from tests.tasks.samples import order

#: Controls of both sets, marks of direction, zero width, separators, half pairs.
HIDDEN = [
    "\0",
    "\x07",
    "\x1b[31m",
    "\x7f",
    "\x85",
    "\x9f",
    "\xad",
    "\u061c",
    "\u200b",
    "\u200e",
    "\u2028",
    "\u2029",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\U000e0041",
    "\ud800",
    "\udfff",
    "\r\n",
    "\t",
]
TEXTS = st.lists(
    st.sampled_from([*HIDDEN, "0", "10", "WC-1", " "]) | st.text(max_size=4), max_size=6
).map("".join)
FIELDS = (
    "eRPOrderNumber",
    "eRPOrderLineNumber",
    "customerOrderNumber",
    "CustomerLongPONumber",
    "customerLineNumber",
    "lineQuantity",
    "unitOfMeasure",
    "lineStatusDescription",
    "statusDate",
    "shipDate",
    "billingDocument",
    "parentERPLine",
    "vendorSalesOrderNumber",
)
LINES = st.lists(
    st.fixed_dictionaries(
        {"lineStatusCode": st.just("SHI") | TEXTS, "eRPProductNumber": TEXTS},
        optional=dict.fromkeys(FIELDS, TEXTS),
    ),
    min_size=1,
    max_size=3,
)
#: Everything is sent, so that every text has a way to a receiver.
RULES = plan_rules(endpoints={"acme": endpoint_rule()}, notify_unknown=True)
BEFORE = order(purchase_order="")


def looked(lines: list[dict[str, str]]) -> Advance:
    reply = decode_reply(json.dumps({"MT_OrderStatus_Response": lines}).encode())
    claim = Claim("watch:westcon:SO-1", 1)
    held, now_ms = Held(BEFORE, 1), START_MS
    found = compare(claim, held, reply, RULES, now_ms, 0.5, asked_ms=now_ms)
    assert isinstance(found, Advance)
    return found


def texts_in(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [*value, *(text for one in value.values() for text in texts_in(one))]
        case list():
            return [text for one in value for text in texts_in(one)]
        case _:
            return []


def hidden(texts: list[str]) -> list[str]:
    categories = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return [t for t in texts if any(unicodedata.category(c) in categories for c in t)]


@given(LINES)
def test_a_notification_holds_nothing_that_cannot_be_seen(
    lines: list[dict[str, str]],
) -> None:
    found = looked(lines)
    after: Order = found.order or BEFORE
    reported = (*found.deliveries, *plan_cancellation(after, RULES, START_MS)[1])

    payloads = [json.loads(one.payload) for one in reported]

    assert hidden([text for one in payloads for text in texts_in(one)]) == []


@given(LINES)
def test_what_is_stored_of_a_look_holds_nothing_that_cannot_be_seen(
    lines: list[dict[str, str]],
) -> None:
    found = looked(lines)
    after = found.order or BEFORE

    noted = [text for one in found.notes for text in one.texts]
    stored = texts_in(json.loads(json.dumps(after.lines)))

    assert hidden([*stored, *noted, after.purchase_order]) == []
    assert unpack(pack(after)) == after
