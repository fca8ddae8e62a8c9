"""How a link that DECK took, and that was not seen there yet, is told from others.

The code of its last failed try says so: then DECK is only asked again, not told.
"""

READ_BACK = "read_back"


def read_back_code(code: str = "") -> str:
    """Name a failure after the link was taken; `code` is why it could not be seen."""
    return f"{READ_BACK}_{code}" if code else READ_BACK


def was_taken(failed: str) -> bool:
    """Whether a delivery whose last try failed with this code was taken by DECK."""
    return failed.startswith(READ_BACK)
