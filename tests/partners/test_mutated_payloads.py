"""Payloads that a partner's next release might send, mutated by a fixed seed.

Whatever was dropped, renamed, retyped, nested, added, cut or encoded anew: it is read
for what it states, or refused; each new shape is noted; no sample repeats a value.
"""

import json
from xml.etree import ElementTree as ET

import pytest

from serializers.drift.differences import MOST
from serializers.drift.sample import MAX_BYTES
from serializers.drift.shape import Kind
from tests.partners.drift_seen import Answers, Seen, unlisted
from tests.partners.mutated_calls import (
    CASES,
    ENDS,
    Case,
    as_xml,
    headed,
    notified,
    parcels,
)
from tests.partners.mutations import mutated

#: Seeds of one test, so that several processes share a case. The first of each case
#: are tried in every run, the others in `make long`.
PART = 1_000


PARTS = [
    pytest.param(
        name,
        range(start, min(case.times, start + PART)),
        marks=pytest.mark.long if start else (),
    )
    for name, case in CASES.items()
    for start in range(0, case.times, PART)
]


@pytest.mark.parametrize(("name", "seeds"), PARTS)
def test_a_mutated_payload_is_read_for_what_it_states_or_refused_and_noted(
    name: str, seeds: range
) -> None:
    case = CASES[name]
    for seed in seeds:
        done, body = mutated(case.payload, seed)
        if "XML" in name:
            body = as_xml(body)
        status, headers = headed(seed, case.status)
        answers, seen = Answers(status, headers, body), Seen()
        try:
            _call(case, answers, seen)
            _check_noted(case, answers, seen)
        except Exception as error:
            error.add_note(f"{name}, seed {seed} ({done}): {status} {body!r}")
            raise


def _call(case: Case, answers: Answers, seen: Seen) -> None:
    try:
        case.call(answers, seen)
    except ENDS:
        return


def _check_noted(case: Case, answers: Answers, seen: Seen) -> None:
    """Hold what was noted against the answer; by the test's own rules."""
    kinds = seen.kinds()
    assert (Kind.REDIRECT in kinds) == (300 <= answers.status < 400)
    assert answers.status < 600 or Kind.HTTP_STATUS in kinds
    assert answers.headers.get("retry-after") != "soon" or Kind.RETRY_AFTER in kinds
    assert "ratelimit" not in str(answers.headers) or Kind.RATE_LIMIT in kinds
    assert "content-encoding" not in answers.headers or Kind.ENCODING in kinds
    for sample in seen.samples.values():
        assert len(sample) <= MAX_BYTES
        assert not any(one in sample for one in ("eyJ0", "60012345", "1Z1", "no type"))
    # Of another success, and of another refusal than JSON's, nothing is read.
    if answers.status == 200 == case.status or answers.status >= 400 <= case.status:
        _check_document(case, answers.body, seen)


def _check_document(case: Case, body: bytes, seen: Seen) -> None:
    if body.lstrip().startswith(b"<"):
        _check_elements(body, seen)
        return
    noted = {one for one in seen.shapes if one.kind not in HEADS}
    try:
        json.loads(body.decode(json.detect_encoding(body), "strict"))
    except ValueError:
        # A refusal's text is anybody's, and so is a status alone.
        # Before anything has left, there is nothing to detail.
        empty = case.call is parcels and not body
        assert noted or case.status != 200 or empty
        return
    if case.call is notified:
        assert not noted
    elif len(noted) < MOST and (body[:1] in b"{[" or case.status == 200):
        left = unlisted(case.payload, body, noted, set(case.taken))
        assert left == set()


def _check_elements(body: bytes, seen: Seen) -> None:
    """Hold what was noted against an XML reply, where it is one."""
    try:
        root = ET.fromstring(body)  # noqa: S314 - the test has made it
    except ET.ParseError:
        assert Kind.ENVELOPE in seen.kinds()
        return
    known = {"responsecode", "message", "correlationid"}
    new = {one.tag.lower() for one in root} - known
    assert {f"genericresponse.{one}" for one in new} <= {s.path for s in seen.shapes}


HEADS = {
    Kind.HTTP_STATUS,
    Kind.REDIRECT,
    Kind.RETRY_AFTER,
    Kind.RATE_LIMIT,
    Kind.CONTENT_TYPE,
    Kind.ENCODING,
}


def test_mutations_are_of_every_kind_and_are_repeated_by_their_seed() -> None:
    payload = CASES["westcon order status"].payload
    made = [mutated(payload, seed) for seed in range(300)]

    words = {word for done, _ in made for word in done.split()}
    assert words >= {"dropped", "renamed", "retyped", "nested", "added", "truncated"}
    assert words >= {"utf-8", "latin-1", "utf-16"}
    assert made == [mutated(payload, seed) for seed in range(300)]
    assert len({body for _, body in made}) > 300 * 0.7


@pytest.mark.parametrize("partner", ["westcon", "deck", "ingram"])
def test_there_are_ten_thousand_of_each_partner(partner: str) -> None:
    assert sum(c.times for name, c in CASES.items() if partner in name) == 10_000
