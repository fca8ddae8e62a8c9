"""A wrong signature is reported with its true reason, a right one as right."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.ingram.encode import SPELLINGS, Notification
from serializers.signatures.diagnosis import Key, match
from serializers.signatures.request import Known, Reason, Received
from serializers.signatures.sign import webhook_signature
from serializers.signatures.verify import verify
from tests.serializers.ingram.test_encode import NOTIFICATIONS
from tests.serializers.signatures.verification_samples import (
    KNOWN,
    MINE,
    OTHER,
    SENT,
    SLIPS,
    Slip,
    hub_by,
    sent,
    with_headers,
)
from tests.serializers.wire_samples import spoiled

PLAIN = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
SECRETS = PLAIN.filter(lambda text: not text.startswith("whsec_")) | st.binary(
    min_size=24, max_size=64
).map(lambda key: "whsec_" + base64.b64encode(key).decode())


SIGNED_TWICE = Notification("M-1", "", ())


def codes(received: Received, known: Known = KNOWN) -> dict[str, list[str]]:
    """The reasons against each header that does not fit."""
    verdict = verify(received, known)
    found = {f.header: [r.code for r in f.reasons] for f in verdict.findings}
    assert verdict.valid == (not any(found.values()))
    return {header: reasons for header, reasons in found.items() if reasons}


@given(NOTIFICATIONS, st.sampled_from(SPELLINGS), SECRETS)
def test_what_the_product_sends_is_valid(
    shown: Notification, spelling: str, secret: str
) -> None:
    verdict = verify(sent(shown, spelling, secret), Known((secret,), at=SENT))

    assert verdict.valid
    assert verdict.event_id == shown.event_id


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip.header}-{slip.code}")
def test_each_slip_is_reported_by_its_name(slip: Slip) -> None:
    shown = codes(slip.spoil(sent()))

    assert shown[slip.header] == [slip.code]


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip.header}-{slip.code}")
def test_a_slip_is_reported_beside_the_wrong_secret_of_two(slip: Slip) -> None:
    known = replace(KNOWN, secrets=(OTHER,), others=("a third", MINE))

    shown = codes(slip.spoil(sent()), known)

    expected = {"changed": ["wrong_secret"], "incomplete": ["incomplete"]}
    assert shown[slip.header] == expected.get(slip.code, ["other_secret", slip.code])


def test_the_secret_that_was_used_is_named_by_its_number_and_never_shown() -> None:
    known = replace(KNOWN, secrets=("mine",), others=("first", MINE))

    findings = verify(sent(), known).findings

    assert [f.text for f in findings] == ["made with other secret 2 of 2"] * 2
    assert MINE not in repr(findings)
    assert MINE not in repr(known)


def test_either_of_two_accepted_secrets_will_do() -> None:
    assert verify(sent(), replace(KNOWN, secrets=(OTHER, MINE))).valid
    assert verify(
        sent(SIGNED_TWICE, "schema", MINE, OTHER), replace(KNOWN, secrets=(MINE,))
    ).valid


def test_during_a_rotation_the_new_secret_fits_one_header_and_not_the_other() -> None:
    both = sent(SIGNED_TWICE, "schema", MINE, OTHER)

    shown = codes(both, replace(KNOWN, secrets=(OTHER,), others=(MINE,)))

    assert shown == {"x-hub-signature": ["other_secret"]}


def test_hex_is_right_where_hex_is_expected_and_base64_is_not() -> None:
    known = replace(KNOWN, encoding="hex")
    mac = base64.b64decode(sent().header("x-hub-signature"))

    assert codes(with_headers(sent(), x_hub_signature=mac.hex().upper()), known) == {}
    assert codes(sent(), known) == {"x-hub-signature": ["base64"]}


def test_a_key_taken_otherwise_than_the_rule_states_is_reported() -> None:
    known = replace(KNOWN, secrets=(OTHER,))
    key = base64.b64decode(OTHER.removeprefix("whsec_"))
    right = sent(SIGNED_TWICE, "schema", OTHER)
    as_text = webhook_signature((OTHER[6:],), "M-1", SENT, right.body)

    hub = codes(with_headers(right, x_hub_signature=hub_by(key, b"M-1")), known)
    webhook = codes(with_headers(right, webhook_signature=as_text), known)

    assert hub == {"x-hub-signature": ["key_form"]}
    assert webhook == {"webhook-signature": ["key_form"]}


@pytest.mark.parametrize("end", ["\n", "\r\n", " "])
def test_a_line_break_in_a_secrets_file_is_reported(end: str) -> None:
    theirs = sent(SIGNED_TWICE, "schema", MINE + end)

    assert codes(theirs) == {
        "x-hub-signature": ["secret_blanks"],
        "webhook-signature": ["secret_blanks"],
    }


@pytest.mark.parametrize(
    ("arrived", "when"), [(SENT - 301, "after"), (SENT + 301, "before")]
)
def test_a_clock_that_is_off_is_reported_with_how_much(arrived: int, when: str) -> None:
    known = replace(KNOWN, at=arrived)

    assert codes(sent(), known) == {"webhook-signature": ["clock"]}
    (_, finding) = verify(sent(), known).findings
    assert f"signed 301 s {when} it arrived" in finding.reasons[0].text
    assert codes(sent(), replace(known, tolerance=301)) == {}


def test_at_the_edge_of_the_tolerance_the_clock_is_right() -> None:
    assert codes(sent(), replace(KNOWN, at=SENT + 300)) == {}
    assert codes(sent(), replace(KNOWN, at=SENT - 300)) == {}


def test_two_slips_at_once_are_both_reported() -> None:
    received = replace(sent(), body=sent().body + b"\n")

    shown = codes(received, replace(KNOWN, at=SENT + 3_600))

    assert shown == {"webhook-signature": ["trailing_newline", "clock"]}


def test_without_webhook_headers_ingrams_signature_alone_decides() -> None:
    alone = Received({"x-hub-signature": sent().header("x-hub-signature")}, sent().body)

    verdict = verify(alone, KNOWN)

    assert verdict.valid
    assert [f.valid for f in verdict.findings] == [True, None]


def test_without_any_signature_nothing_is_valid() -> None:
    assert not verify(Received({}, sent().body), KNOWN).valid


def test_a_body_of_another_event_under_both_headers_is_reported() -> None:
    other = sent(SIGNED_TWICE)
    mixed = replace(sent(), body=other.body)

    shown = codes(mixed)

    assert shown == {
        "x-hub-signature": ["event_id"],
        "webhook-signature": ["changed"],
        "webhook-id": ["event_id"],
    }


def test_a_body_that_is_no_notification_is_reported() -> None:
    assert codes(replace(sent(), body=b"<html>"))["body"] == ["unreadable"]


@given(st.integers(0, len(sent().body) - 1), st.integers(1, 255))
def test_one_changed_byte_of_the_body_is_never_valid(place: int, change: int) -> None:
    body = bytearray(sent().body)
    body[place] ^= change

    assert not verify(replace(sent(), body=bytes(body)), KNOWN).valid


_HEADERS = st.dictionaries(
    st.sampled_from(tuple(sent().headers)), st.text(max_size=20), max_size=4
)


@given(spoiled(sent().body) | st.binary(max_size=60), _HEADERS, SECRETS)
def test_whatever_arrives_has_a_verdict(
    body: bytes, headers: dict[str, str], secret: str
) -> None:
    known = Known((secret,), at=SENT, others=("whsec_no base64!",))

    verdict = verify(Received({**sent().headers, **headers}, body), known)

    assert not verdict.valid


def test_the_fewest_slips_are_the_explanation() -> None:
    far, near = Reason("far", ""), Reason("near", "")
    keys = [Key("a", b"k", (far, near)), Key("b", b"k", (near,))]

    found = match(keys, [((), b"m")], [(None, lambda _: True)], "sha256")

    assert found is not None
    assert found.reasons == (near,)
