"""Ids and digests: opaque, stable, never alike by accident."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from serializers.events.decode import digest
from serializers.formats.ids import ALPHABET, event_id, hash_parts


def test_parts_are_hashed_with_their_lengths() -> None:
    expected = hashlib.sha256(b"4:SO-1" + b"0:" + b"3:\xc3\xa9x").digest()

    assert hash_parts("SO-1", "", "éx") == expected


def test_an_id_is_the_top_of_the_hash_in_crockfords_base_32() -> None:
    bits = "".join(f"{byte:08b}" for byte in hash_parts("SO-1", "7"))
    places = [int(bits[at : at + 5], 2) for at in range(0, 130, 5)]

    assert event_id("SO-1", "7") == "".join(ALPHABET[place] for place in places)
    assert event_id("SO-1", "7") == "WEFSJ67EH2ERY2W1QP64KHZF5X"


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_ids_are_equal_just_when_their_parts_are(
    one: list[str], other: list[str]
) -> None:
    assert (event_id(*one) == event_id(*other)) == (one == other)


@given(st.lists(st.text(), max_size=4))
def test_an_id_has_26_characters_of_the_alphabet(parts: list[str]) -> None:
    made = event_id(*parts)

    assert len(made) == 26
    assert set(made) <= set(ALPHABET)


def test_moving_a_letter_from_source_to_id_makes_another_digest() -> None:
    assert digest("erp/a", "b1") != digest("erp/", "ab1")
    assert len(digest("erp/a", "b1")) == 32
