"""The names of the misbehaviours on offer."""

from enum import StrEnum


class Kind(StrEnum):
    """The misbehaviours on offer; the constructors of `Fault` explain them."""

    STATUS = "status"
    DELAY = "delay"
    DROP = "drop"
    RESET = "reset"
    APPLY_THEN_DROP = "apply_then_drop"
    HANG_UP = "hang_up"
    TRUNCATE = "truncate"
    SLOW_BODY = "slow_body"
    SLOW_HEADERS = "slow_headers"
    HTML_200 = "html_200"
    EMPTY_200 = "empty_200"
    INVALID_JSON = "invalid_json"
    WRONG_CONTENT_TYPE = "wrong_content_type"
    REDIRECT = "redirect"
    HUGE_BODY = "huge_body"
    HUGE_HEADERS = "huge_headers"
    GZIPPED = "gzipped"
    DROP_ORDERS = "drop_orders"
    SINGLE_OBJECT = "single_object"
    NO_ENVELOPE = "no_envelope"
    PASCAL_KEYS = "pascal_keys"
    JSON_IN_JSON = "json_in_json"
    DATES = "dates"
    VALUES = "values"
    FOLDED = "folded"
    RESPONSE_CODE = "response_code"
