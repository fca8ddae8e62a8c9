"""What DECK Commerce's ResponseCode is: a number, a number as a text, or a name."""

import re

from serializers.formats.json_limits import JsonValue
from serializers.formats.lenient_json import text_of
from serializers.formats.text import without_controls

MAX_CODE = 64

#: Success is on DECK's help pages with name and number. 15 is "successfully queued"
#: in DECK's Magento module, whose constant this is; DECK's own name is not published.
_NUMBERS = {"success": "0", "successfullyqueued": "15"}
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")


def code_of(value: JsonValue) -> str:
    """Give the one spelling of a code: its number where that is known.

    Args:
        value: 15, 15.0, "15", "015", "SuccessfullyQueued", …

    Returns:
        "15" for all of these; a name without a known number as it was written; ""
        for what is no code.
    """
    text = "" if isinstance(value, bool) else text_of(value)
    if _NUMBER.fullmatch(text):
        return str(int(text))
    return _NUMBERS.get(text.casefold()) or without_controls(text, MAX_CODE)


def same_code(code: str) -> str:
    """Give what two spellings of one name have in common, for a look-up."""
    return code_of(code).casefold()
