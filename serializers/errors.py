"""Errors of decoding and encoding."""


class DecodeError(ValueError):
    """The bytes are not what the contract states.

    The message names the document, what is wrong and where; it never carries
    the bytes themselves, since they may hold personal data.
    """


class EncodeError(ValueError):
    """A value cannot be written in this format at all.

    Args:
        document: what was being written.
        field: the field whose value does not fit; the value is not shown.
        why: what the format cannot carry.
    """

    def __init__(self, document: str, field: str, why: str) -> None:
        super().__init__(f"{document}: {field} {why}")
        self.field = field
