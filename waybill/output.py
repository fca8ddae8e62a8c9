"""Standard output and error; a closed pipe ends no command with a traceback."""

import codecs
import errno
import io
import os
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: How a shell reports a program that wrote to a closed pipe (128 + SIGPIPE).
CLOSED_PIPE: Final = 141
#: How it ends where its output cannot be written for another reason.
UNWRITTEN: Final = 1

OUTPUT, ERROR = 1, 2

#: The handler of characters that an encoding does not have.
_HANDLER = "waybill.terminal"
#: ASCII by another name, since click writes UTF-8 to what calls itself ASCII.
_ASCII = "waybill-ascii"
#: What stands for our own signs there; all other characters are written as numbers.
_STAND_INS = {"…": "...", "→": "->", "─": "-", "\u2013": "-", "·": "-", "•": "*"}


@contextmanager
def guarded_output() -> Iterator[None]:
    """Guard the process's output; for the outermost call of a command.

    Characters that the output's encoding does not have are replaced. What reads the
    output may go away: the command ends at its next word, quietly, with `CLOSED_PIPE`.
    Where the output cannot be written (a full disk), it ends with a line on standard
    error and `UNWRITTEN`. What cannot be written to standard error is dropped. A
    descriptor that was closed before the start counts as /dev/null.

    Raises:
        SystemExit: standard output could not be written.
    """
    _open_descriptors()
    codecs.register_error(_HANDLER, _replaced)
    codecs.register(_ascii)
    out, err = _Descriptor(OUTPUT, _end), _Descriptor(ERROR)
    stdout = sys.stdout = _stream(out, sys.stdout)
    sys.stderr = _stream(err, sys.stderr)
    try:
        yield
    finally:
        # Here, and not in the interpreter's last flush, which would print what failed.
        stdout.flush()
        if out.failure is not None:
            raise SystemExit(_code(out.failure))


class _Descriptor(io.RawIOBase):
    """Writes to a descriptor; after a failure everything is dropped.

    Args:
        number: of the descriptor; it is never closed here.
        failed: what to do about the first failure; it may raise.
    """

    def __init__(
        self, number: int, failed: Callable[[OSError], None] = lambda _: None
    ) -> None:
        self._number = number
        self._failed = failed
        self.failure: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return os.isatty(self._number)

    def write(self, some: "ReadableBuffer", /) -> int:
        """Write some of it, at least a byte; all of it, once that has failed."""
        while self.failure is None:
            try:
                return os.write(self._number, some)
            except BlockingIOError:
                # Whoever shares the descriptor may have made it non-blocking.
                select.select([], [self._number], [])
            except OSError as error:
                self.failure = error
                self._failed(error)
        return memoryview(some).nbytes


def _end(error: OSError) -> None:
    """End the command: its output is not read."""
    if error.errno != errno.EPIPE:
        what = error.strerror or type(error).__name__
        sys.stderr.write(f"Error: the output cannot be written: {what}\n")
        sys.stderr.flush()
    raise SystemExit(_code(error))


def _code(error: OSError) -> int:
    return CLOSED_PIPE if error.errno == errno.EPIPE else UNWRITTEN


def _stream(raw: _Descriptor, before: TextIO | None) -> io.TextIOWrapper:
    """A text stream in the encoding of the one before."""
    # A stream that was closed before the start is none.
    encoding = "utf-8" if before is None else before.encoding
    if codecs.lookup(encoding).name == "ascii":
        encoding = _ASCII
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=encoding,
        errors=_HANDLER,
        line_buffering=raw.isatty() or raw.fileno() == ERROR,
    )


def _open_descriptors() -> None:
    """Have the three descriptors open: a connection must not be taken for one."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The lowest that is free is taken, which is this one.
            os.open(os.devnull, os.O_RDWR)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for the process's life


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    unknown = error.object[error.start : error.end]
    return "".join(map(_stand_in, unknown)), error.end


def _stand_in(char: str) -> str:
    return _STAND_INS.get(char) or char.encode("ascii", "backslashreplace").decode()


def _ascii(name: str) -> codecs.CodecInfo | None:
    if name not in {_ASCII, _ASCII.replace("-", "_")}:
        return None
    known = codecs.lookup("ascii")
    return codecs.CodecInfo(
        known.encode,
        known.decode,
        known.streamreader,
        known.streamwriter,
        known.incrementalencoder,
        known.incrementaldecoder,
        name=_ASCII,
    )
