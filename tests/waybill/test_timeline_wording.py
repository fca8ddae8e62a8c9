"""The wording of the timeline's codes, for people and for programs."""

from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.events.decode import EventType
from serializers.timeline.codes import Code, Note, note
from tasks.outcomes.outcome import NOT_WANTED
from waybill.explain.timeline import WORDING, document, words

#: What a terminal would act on, and what the wording itself is made of.
HOSTILE = "\x1b[31m\u202e; {0} {item} ), \x00\n"


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_wording_that_shows_its_texts(code: Code) -> None:
    shown = {name for _, name, _, _ in Formatter().parse(WORDING[code]) if name}

    assert shown - {"found"} == set(code.fields)


@pytest.mark.parametrize("type_", EventType)
def test_every_event_has_a_code(type_: EventType) -> None:
    assert Code[type_.name].fields == ("event",)


@given(st.sampled_from(Code), st.data())
def test_every_text_is_shown_as_it_is_whatever_it_holds(
    code: Code, data: st.DataObject
) -> None:
    texts = [data.draw(st.text(min_size=1) | st.just(HOSTILE)) for _ in code.fields]

    worded = words([Note(code, tuple(texts))])

    for field, text in zip(code.fields, texts, strict=True):
        # The rest are numbers, which have a form of their own; a moment is one, too.
        is_moment = field == "time_ms" and text.isdecimal()
        assert is_moment or text in worded or field in {"after_ms", "item", "answer"}
    values = document([Note(code, tuple(texts))])[0]
    assert list(values) == ["code", *code.fields]


@pytest.mark.parametrize(
    ("notes", "worded"),
    [
        (
            [note(Code.PLACED, "a; b"), note(Code.NO_REFERENCE)],
            (
                "the ERP reports: order placed (event a; b); neither"
                " westcon.order_number nor purchase_order, not watched"
            ),
        ),
        (
            [
                note(Code.PLACED, "e"),
                note(Code.MISSPELLED, "data.custommer_id", "customer_id"),
                note(Code.MISSPELLED, "data.line", "lines"),
            ],
            (
                "the ERP reports: order placed (event e); warning: data.custommer_id"
                " is not read, did you mean customer_id?, data.line is not read, did"
                " you mean lines?"
            ),
        ),
        (
            [note(Code.LOOK), note(Code.SET_ASIDE, "61", "2026-01-03")],
            (
                "Westcon reports: other orders of this purchase order; Westcon's order"
                " 61 is set aside: it was finished on 2026-01-03, before this order"
                " was placed"
            ),
        ),
        (
            [note(Code.STATUS_CHANGED, "e"), *(note(Code.KEPT_FOR, n) for n in "xy")],
            (
                "the ERP reports: status changed (event e); notifications are kept for"
                " x, y, which this worker does not know"
            ),
        ),
        (
            [note(Code.PLACED, "e"), note(Code.TIME_AHEAD, "253402300799999")],
            (
                "the ERP reports: order placed (event e); its time"
                " 9999-12-31T23:59:59.999Z is more than a day ahead and counts as now"
            ),
        ),
        (
            [
                note(Code.LOOK),
                note(Code.LINE_NEW, "7001/10", "SCH"),
                note(Code.LINE_MOVED, "7001/20", "SCH", "SHI"),
                note(Code.MORE_LINES, "3"),
                note(Code.UNREAD, "7001/10", "shipDate 25 Sept"),
                note(Code.UNREAD, "7001/20", "lineQuantity two"),
                note(Code.MORE_UNREAD, "4"),
            ],
            (
                "Westcon reports: line 7001/10 is SCH, line 7001/20 went from SCH to"
                " SHI, and 3 more; cannot read 7001/10 shipDate 25 Sept, 7001/20"
                " lineQuantity two, and 4 more lines"
            ),
        ),
        (
            [
                note(Code.RETURNED, "e"),
                note(Code.LINE_RETURNED, "10", "2"),
                note(Code.LINE_RETURNED, "20", "0.5"),
                note(Code.MORE_RETURNED, "3"),
            ],
            (
                "the ERP reports: lines returned (event e); returned 10: 2, 20: 0.5,"
                " and 3 more"
            ),
        ),
        ([note(Code.LOOK)], "Westcon reports: late facts"),
        (
            [note(Code.LOOK), note(Code.LINE_NEW, "7001/10", "")],
            "Westcon reports: line 7001/10 is without a status",
        ),
        (
            [note(Code.BASELINE), note(Code.LINE_MOVED, "7001/10", "", "SCH")],
            (
                "Westcon's first snapshot, kept without notifying: line 7001/10 went"
                " from no status to SCH"
            ),
        ),
        (
            [note(Code.DONE, "ingram/acme", "delivery:X.acme", "http 200")],
            "ingram/acme took delivery X.acme (http 200)",
        ),
        (
            [note(Code.DONE, "ingram/acme", "delivery:X.acme", NOT_WANTED)],
            "ingram/acme does not want delivery X.acme: nothing was sent",
        ),
        (
            [note(Code.LATER, "westcon", "order:SO: 1", "token_refused", "300000")],
            "westcon must wait for the watch of SO: 1 (token_refused); again in 300 s",
        ),
        (
            [note(Code.AGAIN, "westcon", "order:SO-1", "renamed", "0")],
            "westcon failed the watch of SO-1 (renamed); again",
        ),
        (
            [note(Code.GIVEN_UP, "deck", "delivery:L1", "http_400")],
            "deck: delivery L1 was given up (http_400) and is a dead letter",
        ),
        ([note(Code.REPLAYED, "order:SO-1")], "the watch of SO-1 was replayed"),
        (
            [note(Code.DISCARDED, "watch:toy:SO:1")],
            "the watch of SO:1 at toy was discarded",
        ),
        ([note(Code.DISCARDED, "parcel:1")], "parcel:1 was discarded"),
        ([note(Code.PLAIN, "of another release")], "of another release"),
    ],
)
def test_an_entry_is_put_in_words(notes: list[Note], worded: str) -> None:
    assert words(notes) == worded


def test_numbers_are_numbers_for_a_program() -> None:
    again = note(Code.AGAIN, "deck", "delivery:L1", "http_503", "7200000")

    assert document([again, note(Code.MORE_LINES, "many")]) == [
        {
            "code": "again",
            "destination": "deck",
            "item": "delivery:L1",
            "answer": "http_503",
            "after_ms": 7_200_000,
        },
        {"code": "more_lines", "count": "many"},
    ]
