"""A file that a command was given, or standard input."""

import sys
from pathlib import Path

import click


def read(path: str) -> bytes:
    """Read the whole of a file; `-` is standard input.

    Raises:
        click.UsageError: it cannot be read.
    """
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}") from error
