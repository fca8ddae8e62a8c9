"""Entries of a timeline as bytes: what was written is read, whatever it holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.timeline.codes import Code, Note, note
from serializers.timeline.entry import Entry, decode, encode

ORDER = "SO-1: a; b"
STAMP_MS = 1_790_000_000_123
STAMP = STAMP_MS.to_bytes(6, "big")

#: Texts of anybody: all that is a text, and what once stood between two of them.
ODD = ("", ";", "; ", ", ", ": ", ">", "\n", "\0", "\xff", "PkX", "in 5 s", "é→中")
TEXTS = st.text() | st.sampled_from(ODD)
ITEMS = st.one_of(
    TEXTS.map("delivery:{}".format),
    st.sampled_from(["acme", "deck", "a.b", ""]).map("delivery:7H2K.{}".format),
    st.just(f"order:{ORDER}"),
    st.just(f"watch:toy:{ORDER}"),
    TEXTS.filter(lambda text: not text.startswith(("delivery:", "order:", "watch:"))),
)
DESTINATIONS = st.sampled_from(["deck", "ingram/acme", "ingram/a.b", "westcon"]) | TEXTS
LINES = st.sampled_from(["7/10", "7/20", "70/10", "/10", "=10", ".7/"]) | TEXTS
BY_NAME = {"item": ITEMS, "destination": DESTINATIONS, "line": LINES}


@st.composite
def any_note(draw: st.DrawFn) -> Note:
    code = draw(st.sampled_from(Code))
    return Note(code, tuple(draw(BY_NAME.get(name, TEXTS)) for name in code.fields))


@given(st.lists(any_note(), min_size=1))
def test_every_text_comes_back_as_it_was(notes: list[Note]) -> None:
    assert decode(STAMP + encode(notes), ORDER) == Entry(STAMP_MS, tuple(notes))


@given(st.binary())
def test_whatever_stands_there_is_read_and_shown(entry: bytes) -> None:
    found = decode(entry, ORDER)

    assert found.notes
    assert found.ms >= 0


def test_half_a_surrogate_pair_is_no_text_and_written_as_its_number() -> None:
    entry = STAMP + encode([note(Code.PLACED, "a\ud800b")])

    assert decode(entry, ORDER).notes == (note(Code.PLACED, r"a\ud800b"),)


def test_a_code_of_a_newer_release_hides_nothing() -> None:
    known, newer = encode([note(Code.LOOK)]), "\N{SNOWMAN}7001".encode()
    entry = STAMP + b"\xff".join((known, newer, b"set aside"))

    found = decode(entry, ORDER)

    expected = note(Code.PLAIN, "\N{SNOWMAN}7001 set aside")
    assert found == Entry(STAMP_MS, (note(Code.LOOK), expected))


def test_an_entry_that_ends_too_soon_is_shown_as_it_is() -> None:
    found = decode(STAMP + b"Adeck\xffdL1", ORDER)

    assert found.notes == (note(Code.PLAIN, "Adeck dL1"),)


def test_an_attempt_does_not_repeat_the_name_of_its_endpoint() -> None:
    done = note(Code.DONE, "ingram/acme", "delivery:7H2K.acme", "http 200")

    assert encode([done]) == b"Dingram/acme\xffe7H2K\xffhttp 200"


def test_lines_of_one_order_of_westcons_do_not_repeat_its_number() -> None:
    keys = ("6000010042/10", "6000010042/20", "6000010043/10")
    lines = [note(Code.LINE_NEW, key, "SHI") for key in keys]

    assert encode(lines) == (
        b"n.6000010042/10\xffSHI\xffn=20\xffSHI\xffn.6000010043/10\xffSHI"
    )


def test_no_notes_are_no_entry() -> None:
    assert encode([]) == b""


def test_letters_and_names_are_each_given_once() -> None:
    letters = [code.letter for code in Code]

    assert len(set(letters)) == len(letters)
    assert all(len(letter) == 1 and letter.isascii() for letter in letters)
    assert all(len(set(code.fields)) == len(code.fields) for code in Code)


def test_a_note_has_the_texts_of_its_code() -> None:
    with pytest.raises(ValueError, match="MERGED has other texts: source, first"):
        note(Code.MERGED, "/erp")
    with pytest.raises(ValueError, match="LOOK has other texts: none"):
        note(Code.LOOK, "now")
