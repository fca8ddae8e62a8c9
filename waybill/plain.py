"""Sanitizer of outside text for a terminal."""


def plain(text: str) -> str:
    """A text without control characters: orders' numbers come from outside.

    What is not printable is written as its number: controls of a terminal, marks
    that turn the direction of writing, lone surrogates.
    """
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def plain_lines(text: str) -> str:
    """The same for a text that is made of lines."""
    return "\n".join(map(plain, text.split("\n")))
