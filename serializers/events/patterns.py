"""Patterns of an event's texts, shared by its reader and its JSON Schema.

Only what ECMA 262, Python and RE2 read alike: no lookaround, no flags, no classes.
"""

from serializers.formats.json_limits import MAX_DIGITS
from serializers.formats.quantities import MAX_DECIMALS, MAX_WHOLE

Schema = dict[str, object]

#: What no text that names something may hold: controls, and what XML cannot carry.
CONTROLS = r"[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]"

#: JSON in any of its names: `application/json`, `text/json`, `…+json`; a media type
#: is written in any case.
CONTENT_TYPE = (
    r"^[ \t]*[!#$&^_.+0-9A-Za-z-]+/([!#$&^_.+0-9A-Za-z-]+\+)?[Jj][Ss][Oo][Nn]"
    r"[ \t]*(;[^\u0000-\u001f\u007f]*)?$"
)

_LEAP = (
    r"([2-9][0-9](0[48]|[2468][048]|[13579][26])"
    r"|(2[048]|3[26]|4[048]|5[26]|6[048]|7[26]|8[048]|9[26])00)"
)
_DAYS = (
    (r"(0[13578]|1[02])", r"(0[1-9]|[12][0-9]|3[01])"),
    (r"(0[469]|11)", r"(0[1-9]|[12][0-9]|30)"),
    (r"02", r"(0[1-9]|1[0-9]|2[0-8])"),
)


def _day(dash: str) -> str:
    """A day in the calendar from 2000 on, or any of a year before, which is none."""
    months = "|".join(f"{month}{dash}{day}" for month, day in _DAYS)
    counted = rf"[2-9][0-9]{{3}}{dash}({months})|{_LEAP}{dash}02{dash}29"
    return rf"([01][0-9]{{3}}{dash}[0-9]{{2}}{dash}[0-9]{{2}}|{counted})"


#: A day, or none: the empty text, or a year before 2000.
DATE = rf"^({_day('-')}|{_day('')})?$"

_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)"
_OFFSET = r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_FRACTION = r"(\.[0-9]{1,30})?"
_NONE = (
    r"[01][0-9]{3}-[0-9]{2}-[0-9]{2}"
    rf"([Tt ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}{_FRACTION})?)?"
    r"([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)

#: An RFC 3339 date-time, or none: the empty text, or one like it of a year before 2000.
TIME = rf"^({_NONE}|{_day('-')}[Tt ]{_CLOCK}{_FRACTION}{_OFFSET})?$"

#: A plain decimal, or none.
QUANTITY = (
    rf"^[ \t\r\n]*([+-]?0*[0-9]{{1,{MAX_WHOLE}}}(\.[0-9]{{0,{MAX_DECIMALS}}}0*)?)?"
    r"[ \t\r\n]*$"
)


def text(pattern: str) -> Schema:
    """The schema of a text; a final line break is none of `$`'s business."""
    return {"type": "string", "pattern": pattern, "not": {"pattern": CONTROLS}}


def quantity() -> Schema:
    """The schema of a quantity: text, number or null."""
    least, most = 10.0**-MAX_DECIMALS, 10**MAX_WHOLE
    return {
        "type": ["string", "number", "null"],
        "pattern": QUANTITY,
        "exclusiveMinimum": -most,
        "exclusiveMaximum": most,
        "not": {
            "type": "number",
            "anyOf": [
                {"exclusiveMinimum": 0, "exclusiveMaximum": least},
                {"exclusiveMaximum": 0, "exclusiveMinimum": -least},
            ],
        },
    }


def anything() -> Schema:
    """The schema of a member that is not read: its numbers are bounded all the same."""
    itself = {"$ref": "#/$defs/Anything"}
    most = 10**MAX_DIGITS
    return {
        "exclusiveMinimum": -most,
        "exclusiveMaximum": most,
        "items": itself,
        "additionalProperties": itself,
    }
