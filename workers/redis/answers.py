"""Redis answers as plain values: the client's types allow texts where bytes come."""


def text(value: object) -> str:
    r"""A Redis string as text, `\xff` for what is no UTF-8; a missing one as ""."""
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return "" if value is None else str(value)


def octets(value: object) -> bytes:
    """A Redis string as bytes; a missing one as b""."""
    if isinstance(value, bytes):
        return value
    return b"" if value is None else str(value).encode()


def number(value: object) -> int:
    """A Redis number; a missing one as 0."""
    return int(float(text(value) or 0))
