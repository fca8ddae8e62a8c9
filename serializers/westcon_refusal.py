"""What Westcon says when a 200 carries no lines: one of its error blocks.

Each of its interfaces spells them in its own way; these are all that its
portal documents or that were seen.
"""

from collections.abc import Mapping

from serializers.json_limits import JsonValue
from serializers.lenient_json import objects_of, text_of
from serializers.plain_text import printable

MAX_LENGTH = 200

_CODES = ("errornumber", "errorcode", "error", "code", "statuscode")
_TEXTS = ("errordescription", "errormessage", "description", "message", "info")
_FIELDS = ("field", "name", "property", "path")


def refusal(block: Mapping[str, JsonValue]) -> str | None:
    """Give "error A03: Vendor Obsolete", or None if this is no error block.

    Args:
        block: an object whose keys are in lower case.

    Returns:
        At most 200 printable characters.
    """
    if "error" in block:
        inner = block["error"]
        return _spoken(inner if isinstance(inner, dict) else block)
    if "validationerrors" in block:
        return _invalid(block["validationerrors"])
    known = {"info", "message", *_TEXTS, "errornumber", "errorcode"}
    if block.get("success") is False or not known.isdisjoint(block):
        return _spoken(block)
    return None


def _spoken(block: Mapping[str, JsonValue]) -> str:
    code = _first(block, _CODES)
    text = _first(block, _TEXTS)
    said = ": ".join(part for part in (f"error {code}".strip(), text) if part)
    return printable(said, MAX_LENGTH)


def _invalid(errors: JsonValue) -> str:
    listed = errors if isinstance(errors, list) else [errors]
    texts = [text_of(item) for item in listed]
    texts += [
        ": ".join(filter(None, (_first(item, _FIELDS), _first(item, _TEXTS))))
        for item in objects_of(errors)
    ]
    said = "; ".join(text for text in texts if text)
    return printable(f"error validation: {said}", MAX_LENGTH)


def _first(block: Mapping[str, JsonValue], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := text_of(block.get(name)))), "")
