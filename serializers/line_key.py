"""Key of an order's line: Westcon's order number and the line's.

A key is `number/line`. The texts are anybody's, so what separates them is escaped in
them, as in a URL: a line "1/0" of order "7" is `7/1%2F0`. `#` is escaped since older
releases wrote the part of a split line behind it.
"""

_ESCAPES = str.maketrans({"%": "%25", "/": "%2F", "#": "%23"})


def line_key(sub_order: str, number: str) -> str:
    """Name a line; different pairs get different keys."""
    return f"{escaped(sub_order)}/{escaped(number)}"


def number_of(key: str) -> str:
    """The line number in a key, escaped."""
    return key.partition("/")[2]


def older_key(key: str, sub_order: str) -> str:
    """The key of today's release for one in a record of an older layout.

    The first releases escaped nothing, and parts of a split line have one key each.

    Args:
        key: as it was stored.
        sub_order: Westcon's order number, which the key begins with.
    """
    whole, plain = key.partition("#")[0], f"{sub_order}/"
    if not whole.startswith(plain):
        return whole
    number = whole.removeprefix(plain)
    # An escaped number has no slash; one without any is the same either way, but for
    # a percent sign, of which nobody can tell whether it was escaped.
    return f"{escaped(sub_order)}/{number.replace('/', '%2F')}"


def escaped(text: str) -> str:
    """A text in which nothing separates."""
    return text if text.isalnum() else text.translate(_ESCAPES)
