"""Decoder of Westcon's order-status reply, by its content.

The header's content type, the envelope, the case of keys and even the nesting
differ between Westcon's interfaces and over time; so the body alone decides.
"""

from serializers.drift.contract import Seen, unseen
from serializers.errors import DecodeError
from serializers.formats import lenient_json
from serializers.formats.json_limits import JsonValue
from serializers.formats.text import Hide
from serializers.westcon.line import StatusLine, is_line, status_line
from serializers.westcon.refusal import refusal

__all__ = ["MAX_BYTES", "MAX_WRAPPERS", "StatusLine", "decode_reply"]

DOCUMENT = "Westcon order status"

#: Ten orders of a thousand lines each fit with room to spare.
MAX_BYTES = 8 * 1_048_576

#: Envelopes inside one another, and JSON texts inside JSON.
MAX_WRAPPERS = 4


def decode_reply(
    body: bytes, hide: Hide = str, seen: Seen = unseen
) -> tuple[StatusLine, ...]:
    """Read the lines, in the order they came.

    An order may be missing from them, and one that Westcon does not know comes
    as a line with status NAO. Where lines stand beside error blocks, inside a list or
    around it, the lines count: the orders behind the errors are then missing. An error
    block without content is none.

    Args:
        body: the bytes as they came.
        hide: puts masks over secrets in what an error block states.
        seen: is shown the document.

    Raises:
        DecodeError: an HTML page, nothing, invalid JSON, or an error block whose
            code and description the message carries.
    """
    value = lenient_json.loads(body, document=DOCUMENT, max_bytes=MAX_BYTES)
    seen(value)
    items = _items(value)
    lines = tuple(status_line(item) for item in items if is_line(item))
    if items and not lines:
        raise DecodeError(f"{DOCUMENT}: {_complaint(items, hide)}")
    return lines


def _items(value: JsonValue) -> list[JsonValue]:
    """Take off what is wrapped round the list."""
    for _ in range(MAX_WRAPPERS):
        match value:
            case list():
                return value
            case str():
                value = lenient_json.loads_text(value, document=DOCUMENT)
            case dict() if not is_line(value):
                value = _inner(value)
            case _:
                break
    return value if isinstance(value, list) else [value]


def _inner(wrapper: dict[str, JsonValue]) -> JsonValue:
    holding = [value for value in wrapper.values() if _holds_lines(value, MAX_WRAPPERS)]
    if len(holding) == 1:
        return holding[0]
    if refusal(wrapper) is not None:
        return [wrapper]
    named = [key for key in wrapper if "orderstatus" in key or len(wrapper) == 1]
    if len(named) != 1:
        raise DecodeError(f"{DOCUMENT}: neither order lines nor an error block")
    value = wrapper[named[0]]
    # An envelope round nothing is an answer without lines; SAP writes an empty
    # list as an empty text.
    return [] if value in (None, "") else value


def _holds_lines(value: JsonValue, wrappers: int) -> bool:
    if isinstance(value, list):
        return any(is_line(item) for item in value)
    if not isinstance(value, dict) or not wrappers:
        return False
    return is_line(value) or any(
        _holds_lines(inner, wrappers - 1) for inner in value.values()
    )


def _complaint(items: list[JsonValue], hide: Hide) -> str:
    texts = (refusal(item, hide) for item in items if isinstance(item, dict))
    return next((text for text in texts if text), "neither order lines nor an error")
