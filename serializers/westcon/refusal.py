"""Error blocks of Westcon, which come with a 200 instead of lines.

Each of its interfaces spells them in its own way; these are all that its
portal documents or that were seen.
"""

from collections.abc import Mapping

from serializers.formats.json_limits import JsonValue
from serializers.formats.lenient_json import objects_of, text_of
from serializers.formats.text import Hide, printable

MAX_LENGTH = 200

_CODES = ("errornumber", "errorcode", "error", "code", "statuscode")
_TEXTS = ("errordescription", "errormessage", "description", "message", "info")
_FIELDS = ("field", "name", "property", "path")


#: What makes an object an error block; a code alone may be anything's.
_MARKS = frozenset({"error", "errornumber", "errorcode", *_TEXTS})
#: Codes and texts that stand where nothing is wrong, beside any number of zeros.
_CLEAR = frozenset(
    {"", "-", "n", "no", "none", "null", "false", "ok", "success", "successful"}
)


def refusal(block: Mapping[str, JsonValue], hide: Hide = str) -> str | None:
    """Give "error A03: Vendor Obsolete", or None if this is no error block.

    A block without content is none: `{}`, null, empty texts, a code such as 0 or OK.

    Args:
        block: an object whose keys are in lower case.
        hide: puts masks over secrets.

    Returns:
        At most 200 printable characters.
    """
    for name in ("error", "errors"):
        for inner in objects_of(block.get(name)):
            if (message := _spoken(inner, hide)) is not None:
                return message
    if (errors := block.get("validationerrors")) and (
        message := _invalid(errors, hide)
    ):
        return message
    failed = block.get("success") is False
    message = None if _MARKS.isdisjoint(block) and not failed else _spoken(block, hide)
    return message or ("error" if failed else None)


def _spoken(block: Mapping[str, JsonValue], hide: Hide) -> str | None:
    code, text = _first(block, _CODES), _first(block, _TEXTS)
    if _clear(code) and _clear(text):
        return None
    message = ": ".join(part for part in (f"error {code}".strip(), text) if part)
    return printable(hide(message), MAX_LENGTH)


def _clear(text: str) -> bool:
    return not text.strip("0") or text.casefold() in _CLEAR


def _invalid(errors: JsonValue, hide: Hide) -> str:
    listed = errors if isinstance(errors, list) else [errors]
    texts = [text_of(item) for item in listed]
    texts += [
        ": ".join(filter(None, (_first(item, _FIELDS), _first(item, _TEXTS))))
        for item in objects_of(errors)
    ]
    message = "; ".join(text for text in texts if text)
    return (
        printable(hide(f"error validation: {message}"), MAX_LENGTH) if message else ""
    )


def _first(block: Mapping[str, JsonValue], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := text_of(block.get(name)))), "")
