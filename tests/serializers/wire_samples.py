"""Sample documents, and what spoils them."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hypothesis import strategies as st

from serializers.errors import DecodeError

T = TypeVar("T")

_SAMPLES = Path(__file__).parent / "samples"

#: Texts that every format carries: no control characters, no half pairs, no byte-order
#: mark, which an event refuses.
TEXTS = st.text(
    st.characters(
        exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp", "Co"),
        exclude_characters="\ufeff",
    ),
    max_size=30,
)

#: Texts that come out of a reader as they went in: no spaces at the ends.
STRIPPED = TEXTS.map(str.strip)
FILLED = STRIPPED.filter(bool)


def sample(name: str) -> bytes:
    """Read a sample; the line break at the end is the editor's, not the wire's."""
    return (_SAMPLES / name).read_bytes().removesuffix(b"\n")


def reading(decode: Callable[[bytes], T], body: bytes) -> tuple[T | None, str]:
    """Give the value, or the message of the refusal; anything else escapes."""
    try:
        return decode(body), ""
    except DecodeError as refused:
        return None, str(refused)


@st.composite
def spoiled(draw: st.DrawFn, document: bytes) -> bytes:
    """A document cut, bent in places, or with bytes put in."""
    body = bytearray(document)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(body) - 1, 0)))
        match draw(st.sampled_from(("cut", "bend", "insert", "double"))):
            case "cut":
                del body[at : at + draw(st.integers(1, 40))]
            case "bend" if body:
                body[at] = draw(st.integers(0, 255))
            case "insert":
                body[at:at] = draw(
                    st.one_of(
                        st.binary(max_size=4),
                        st.sampled_from((b"[" * 70, b"NaN", b"9" * 50, b'"', b"{},")),
                    )
                )
            case _:
                body[at:at] = body[at : at + 40]
    return bytes(body)
