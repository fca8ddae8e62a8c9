"""An audit chain in which anything was changed, taken out, moved or cut is found."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.audit.chain import Head, verify
from serializers.audit.entry import (
    GENESIS,
    UNSIGNED,
    decode,
    link,
    signature,
    statement,
)

KEY, OTHER = b"a-key", b"another-key"


def chain(
    *whos: str, key: bytes | None = KEY, begin: Head | None = None
) -> list[bytes]:
    """Entries as `audited.lua` writes them."""
    last, raws = begin or Head(), []
    for who in whos:
        stated = statement({"what": "dead_letter.replayed", "who": who, "why": "ö"})
        signed = signature(key, last.link, stated) if key else UNSIGNED
        text = f'{{"n":{last.n + 1},"at":{last.n},"before":"dead","after":"due",'
        text += f'"act":{stated}}}'
        last = Head(last.n + 1, link(last.link, signed, text))
        raws.append(f"{last.link} {signed} {text}".encode())
    return raws


def head_of(raws: list[bytes]) -> Head:
    return Head(len(raws), decode(raws[-1]).link) if raws else Head()


WHOS = st.lists(st.sampled_from(["jane", "joe", "Zoë", ""]), min_size=2, max_size=6)


@given(WHOS)
def test_a_chain_that_nobody_touched_is_whole(whos: list[str]) -> None:
    raws = chain(*whos)

    found = verify(raws, head_of(raws), [OTHER, KEY], [head_of(raws[:1])])

    assert found.faults == ()
    assert (found.entries, found.signed, found.unsigned) == (len(whos), len(whos), 0)


@given(WHOS, st.data())
def test_a_byte_that_was_changed_is_found(whos: list[str], data: st.DataObject) -> None:
    raws = chain(*whos)
    n = data.draw(st.integers(0, len(raws) - 1))
    place = data.draw(st.integers(0, len(raws[n]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != raws[n][place]))
    changed = raws[n][:place] + bytes([byte]) + raws[n][place + 1 :]

    found = verify([*raws[:n], changed, *raws[n + 1 :]], head_of(raws))

    assert found.faults


@given(WHOS, st.data())
def test_what_was_taken_out_moved_or_put_in_is_found(
    whos: list[str], data: st.DataObject
) -> None:
    raws = chain(*whos)
    n = data.draw(st.integers(0, len(raws) - 2))
    ways = {
        "out": [*raws[:n], *raws[n + 1 :]],
        "moved": [*raws[:n], raws[n + 1], raws[n], *raws[n + 2 :]],
        "twice": [*raws[: n + 1], *raws[n:]],
        "cut": raws[: n + 1],
    }
    changed = ways[data.draw(st.sampled_from(sorted(ways)))]

    assert verify(changed, head_of(raws)).faults


@given(WHOS, st.data())
def test_a_chain_written_anew_without_the_key_is_found(
    whos: list[str], data: st.DataObject
) -> None:
    raws = chain(*whos)
    n = data.draw(st.integers(0, len(raws) - 1))
    forged = chain(*["eve"] * (len(raws) - n), key=OTHER, begin=head_of(raws[:n]))
    bare = chain(*["eve"] * (len(raws) - n), key=None, begin=head_of(raws[:n]))

    for changed in ([*raws[:n], *forged], [*raws[:n], *bare]):
        assert verify(changed, head_of(changed)).faults == ()
        assert verify(changed, head_of(changed), [KEY]).faults


@given(WHOS, st.data())
def test_an_end_that_was_cut_off_is_found_by_the_head_that_was_kept(
    whos: list[str], data: st.DataObject
) -> None:
    raws, n = chain(*whos), data.draw(st.integers(1, len(whos)))
    cut = raws[: len(raws) - n]
    anew = [*cut, *chain(*["eve"] * n, begin=head_of(cut))]

    assert verify(cut, head_of(cut), [KEY], [head_of(raws)]).faults
    assert verify(anew, head_of(anew), [KEY], [head_of(raws)]).faults


def test_entries_of_a_time_without_a_key_are_counted_and_no_fault() -> None:
    before = chain("jane", "joe", key=None)
    raws = [*before, *chain("jane", begin=head_of(before))]

    found = verify(raws, head_of(raws), [KEY])

    assert (found.faults, found.unsigned, found.signed) == ((), 2, 1)
    assert verify(before, head_of(before), [KEY]).faults


def test_without_a_key_signatures_are_not_verified() -> None:
    raws = chain("jane")

    assert verify(raws, head_of(raws)) == replace(
        verify(raws, head_of(raws), [KEY]), signed=0
    )


def test_what_an_entry_states_is_read() -> None:
    (raw,) = chain("jane")

    entry = decode(raw)

    assert (entry.n, entry.before, entry.after) == (1, "dead", "due")
    assert entry.stated("who") == "jane"
    assert entry.stated("run") == ""
    assert json.loads(entry.text)["act"] == entry.act
    assert entry.link != GENESIS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"n":1', b'"n":Infinity'),
        (b'"at":', b'"at":1e999,"was":'),
        (b'"act":{', b'"act":[[1,2],["a",3]],"was":{'),
        (b" ", b"\xff "),
        (b" ", " ü".encode()),
    ],
)
def test_what_somebody_has_written_in_an_entrys_place_is_named(
    old: bytes, new: bytes
) -> None:
    raws = chain("jane", "joe")
    written = [raws[0].replace(old, new, 1), *raws[1:]]

    found = verify(written, head_of(raws), [KEY])

    assert found.faults
