"""Timelines of releases that wrote sentences are read by their codes."""

import pytest

from serializers.timeline.codes import Code, Note, note
from serializers.timeline.entry import Entry, decode

WATCH = "order:SO: 1"


@pytest.mark.parametrize(
    ("sentence", "notes"),
    [
        ("event order.cancelled e-2", [note(Code.CANCELLED, "e-2")]),
        (
            "event order.placed e 1; no customer, so no link",
            [note(Code.PLACED, "e 1"), note(Code.PLAIN, "no customer, so no link")],
        ),
        (
            "seen 7001/10 new>SCH, 7001/20 SCH>SHI, and 3 more; cannot read 1 a, 2 b",
            [
                note(Code.LOOK),
                note(Code.LINE_NEW, "7001/10", "SCH"),
                note(Code.LINE_MOVED, "7001/20", "SCH", "SHI"),
                note(Code.MORE_LINES, "3"),
                note(Code.PLAIN, "cannot read 1 a, 2 b"),
            ],
        ),
        (
            "baseline 7001/10 new>SCH",
            [note(Code.BASELINE), note(Code.LINE_NEW, "7001/10", "SCH")],
        ),
        ("seen late facts", [note(Code.LOOK)]),
        (
            "ingram/acme done delivery:X.acme: http 200",
            [note(Code.DONE, "ingram/acme", "delivery:X.acme", "http 200")],
        ),
        (
            "westcon later order:SO: 1: token_refused, again in 0.5 s",
            [note(Code.LATER, "westcon", WATCH, "token_refused", "500")],
        ),
        (
            "westcon again order:SO: 1: renamed",
            [note(Code.AGAIN, "westcon", WATCH, "renamed", "0")],
        ),
        (
            "deck give_up delivery:L1: http_400",
            [note(Code.GIVEN_UP, "deck", "delivery:L1", "http_400")],
        ),
        (
            "merged /erp/b into an order of /erp/a",
            [note(Code.MERGED, "/erp/b", "/erp/a")],
        ),
        ("ambiguous delivery:L1", [note(Code.AMBIGUOUS, "delivery:L1")]),
        ("replayed order:SO: 1", [note(Code.REPLAYED, WATCH)]),
        ("discarded delivery:L1", [note(Code.DISCARDED, "delivery:L1")]),
        ("superseded delivery:L1", [note(Code.SUPERSEDED, "delivery:L1")]),
        ("look_again order:SO: 1", [note(Code.LOOK_AGAIN, WATCH)]),
    ],
)
def test_a_sentence_is_read_by_its_code(sentence: str, notes: list[Note]) -> None:
    entry = f"1790000000123 {sentence}".encode()

    assert decode(entry, "SO: 1") == Entry(1_790_000_000_123, tuple(notes))


@pytest.mark.parametrize(
    "sentence",
    ["something else", "seen 7001/10 new>", "event order.lost e-1", "seen ", ""],
)
def test_a_sentence_without_a_code_stays_as_it_is(sentence: str) -> None:
    found = decode(f"1790000000123 {sentence}".encode(), "SO-1")

    assert found == Entry(1_790_000_000_123, (note(Code.PLAIN, sentence),))


@pytest.mark.parametrize("line", ["typed in", "12", "later: ring them", "²³ x"])
def test_what_a_person_wrote_has_no_moment(line: str) -> None:
    found = decode(line.encode(), "SO-1")

    assert found == Entry(0, (note(Code.PLAIN, line),))
