"""Reading an answer from bytes as they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.http.errors import Fault
from workers.http.response import Needs, Response, read_reply

SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Kind: a\r\nX-Kind: b\r\n\r\nhello"
SIZED_1_0 = SIZED.replace(b"1.1", b"1.0")
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3;note=x\r\nhel\r\n2\r\nlo\r\n0\r\nX-Trailer: t\r\n\r\n"
)
CLOSED = b"HTTP/1.1 200 OK\r\n\r\nhello"


def read(*blocks: bytes, max_bytes: int = 1_000, needs: Needs = "body") -> Response:
    """Read an answer that comes in these blocks, then ends."""
    coming = iter(blocks)
    return read_reply(lambda _: next(coming, b""), max_bytes=max_bytes, needs=needs)


def fault(*blocks: bytes, max_bytes: int = 1_000, needs: Needs = "body") -> str:
    with pytest.raises(Fault) as caught:
        read(*blocks, max_bytes=max_bytes, needs=needs)
    return caught.value.code


def test_header_names_are_lower_case_and_repeated_headers_are_joined() -> None:
    answer = read(SIZED)

    assert answer.headers == {"content-length": "5", "x-kind": "a, b"}


@pytest.mark.parametrize("whole", [SIZED, CHUNKED, CLOSED])
def test_every_framing_gives_the_body_however_it_is_cut_into_blocks(
    whole: bytes,
) -> None:
    for size in range(1, len(whole) + 1):
        blocks = [whole[n : n + size] for n in range(0, len(whole), size)]

        answer = read(*blocks)

        assert (answer.status, answer.data) == (200, b"hello")


@pytest.mark.parametrize("whole", [SIZED, CHUNKED])
def test_an_answer_that_ends_early_anywhere_is_never_taken_for_whole(
    whole: bytes,
) -> None:
    for end in range(1, len(whole)):
        assert fault(whole[:end]) == "truncated"


def test_no_byte_of_an_answer_is_a_reset() -> None:
    assert fault() == "reset"


@pytest.mark.parametrize(
    ("whole", "reusable"),
    [
        (SIZED, True),
        (CHUNKED, True),
        (CLOSED, False),
        (SIZED + b"x", False),
        (SIZED.replace(b"X-Kind: a", b"Connection: close"), False),
        (SIZED_1_0, False),
        (SIZED_1_0.replace(b"X-Kind: a", b"Connection: Keep-Alive"), True),
        (CHUNKED.replace(b"OK\r\n", b"OK\r\nContent-Length: 5\r\n"), False),
        (b"HTTP/1.1 204 No Content\r\n\r\n", True),
    ],
)  # fmt: skip
def test_a_connection_is_used_again_only_when_the_end_of_the_answer_is_certain(
    whole: bytes, *, reusable: bool
) -> None:
    assert read(whole).reusable is reusable


def test_interim_answers_are_passed_over() -> None:
    interim = (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    )

    assert read(interim + SIZED).data == b"hello"


def test_endless_interim_answers_are_refused() -> None:
    assert fault(b"HTTP/1.1 100 Continue\r\n\r\n" * 20) == "protocol"


def test_a_folded_header_is_one_header_and_bare_line_feeds_end_lines() -> None:
    answer = read(b"HTTP/1.1 200 OK\nX-Long: a\n  b\nContent-Length: 2\n\nok")

    assert answer.headers["x-long"] == "a b"
    assert answer.data == b"ok"


@pytest.mark.parametrize(
    "whole",
    [
        b"<html>\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n folded from nothing\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"t:\r\n" * 200,
        b"HTTP/1.1 200 OK\r\n" + b"h: v\r\n" * 101 + b"\r\n",
    ],
)  # fmt: skip
def test_what_is_not_http_is_named_so(whole: bytes) -> None:
    assert fault(whole) == "protocol"


def test_headers_are_bounded_in_bytes() -> None:
    endless = iter(lambda: b"h" * 16_384, b"")

    with pytest.raises(Fault, match="64 KiB"):
        read_reply(lambda _: next(endless), max_bytes=10, needs="body")


def test_a_chunk_header_is_bounded_in_bytes() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    assert fault(head, *[b"1" * 16_384] * 10) == "protocol"


@pytest.mark.parametrize("encoding", [b"gzip", b"br", b"identity, gzip"])
def test_an_encoded_body_is_refused_before_it_is_read(encoding: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: " + encoding + b"\r\n\r\n"

    assert fault(head) == "encoding"


@pytest.mark.parametrize("whole", [SIZED, CHUNKED, CLOSED])
def test_a_body_over_the_limit_is_refused_and_one_of_the_limit_is_not(
    whole: bytes,
) -> None:
    assert fault(whole, max_bytes=4) == "size"
    assert read(whole, max_bytes=5).data == b"hello"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 9000000\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n895440\r\n",
        b"\r\n",
    ],
)
def test_a_body_that_may_be_cut_keeps_its_first_four_kibibytes(head: bytes) -> None:
    blocks = iter([b"HTTP/1.1 200 OK\r\n" + head, *[b"x" * 16_384] * 5])

    answer = read_reply(lambda _: next(blocks), max_bytes=65_536, needs="status")

    assert answer.data == b"x" * 4_096
    assert not answer.reusable


def test_of_a_body_that_may_be_cut_no_more_is_kept_even_when_it_fits() -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5_000

    answer = read(whole, max_bytes=65_536, needs="status")

    assert len(answer.data) == 4_096
    assert answer.reusable


@given(st.binary(max_size=300), st.integers(1, 300))
def test_any_bytes_give_an_answer_or_a_fault(noise: bytes, size: int) -> None:
    blocks = [noise[n : n + size] for n in range(0, len(noise), size)]

    try:
        answer = read(b"HTTP/1.1 200 OK\r\n", *blocks)
    except Fault:
        return

    assert len(answer.data) <= 300


@given(st.integers(0, len(CHUNKED) - 1), st.integers(0, 255))
def test_a_flipped_byte_gives_an_answer_or_a_fault(place: int, byte: int) -> None:
    flipped = bytearray(CHUNKED)
    flipped[place] = byte

    try:
        answer = read(bytes(flipped))
    except Fault:
        return

    assert len(answer.data) <= len(CHUNKED)
