"""Names of hosts that can be looked up at all."""

import re

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}\.?")
_LONGEST = 253


def is_host_name(text: str) -> bool:
    """Tell whether the resolver takes it: an IPv4 address, or labels of 1 to 63.

    It raises UnicodeError, which is no OSError, for an empty or longer label.
    """
    return len(text) <= _LONGEST and _NAME.fullmatch(text) is not None
