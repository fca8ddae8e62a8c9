"""Observer of partners' answers: notes what is in no contract, and holds nothing up.

It looks at what has come and is read anyway. A look that fails, whatever the reason,
changes nothing for the call.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

import structlog

from serializers.drift import head, sample
from serializers.drift.contract import FREE, RETRY_AFTER, Contract, Node, Seen
from serializers.drift.differences import Difference, differences
from serializers.drift.shape import Kind, Shape
from serializers.drift.words import pattern, shown_code
from serializers.errors import DecodeError
from serializers.formats import lenient_json
from serializers.formats.json_limits import JsonValue
from serializers.formats.refusal_text import MAX_BYTES
from serializers.formats.text import Hide
from tasks.execution.attempt import caught
from tasks.outcomes.errors import PartnerError
from workers.http.client import Reply
from workers.http.status import is_readable_wait

log = structlog.get_logger()

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

#: Takes a shape that was met, the destination where, and what makes a sample of it.
Note = Callable[[Shape, str, Callable[[], str]], None]


class Decode(Protocol[T_co]):
    """Reads a document, and shows it to the last argument."""

    def __call__(self, body: bytes, hide: Hide, seen: Seen, /) -> T_co:
        """Raises DecodeError."""


def ignored(_shape: Shape, _place: str, _sample: Callable[[], str]) -> None:
    """Note nothing: who asks a partner by hand sees the answer."""


#: Shapes that a process remembers masked: to look for secrets takes time.
MOST_NAMED: Final = 500

#: How an exchange breaks that is neither the network's fault nor a slow partner's.
_BROKEN: Final[Mapping[str, tuple[Kind, str]]] = {
    "encoding": (Kind.ENCODING, "compressed"),
    "protocol": (Kind.ENCODING, "not HTTP/1.1 as it is read"),
    "size": (Kind.ENVELOPE, "too long"),
}


@dataclass(frozen=True, slots=True)
class Sight:
    """One call, as it is looked at.

    Attributes:
        of: the contract of the interface.
        place: the destination that is called.
        hide: puts masks over the secrets of the call.
        note: takes what is new.
        named: shapes that were met before, by what they were made of.
    """

    of: Contract
    place: str
    hide: Hide
    note: Note
    named: dict[Shape, Shape]

    def sent(self, send: Callable[[], Reply]) -> Reply:
        """Send, and look at status, headers and the document of a refusal.

        Raises:
            PartnerError: as `send` does.
        """
        try:
            reply = send()
        except PartnerError as error:
            code = error.code
            _quietly(lambda: self._broken(code))
            raise
        _quietly(lambda: self._head(reply))
        return reply

    def read(self, reply: Reply, decode: Decode[T]) -> T:
        """Decode a 2xx, and look at its document.

        Raises:
            DecodeError: as `decode` does.
        """
        shown: list[JsonValue] = []
        written = head.of_bytes(self.of, reply.body)
        try:
            return decode(reply.body, self.hide, shown.append)
        except DecodeError:
            written = written or ("" if shown else "not JSON")
            raise
        finally:
            _quietly(lambda: self._document(reply, shown, written))

    def value(self, kind: Kind, path: str, name: str, text: str) -> None:
        """Note a value that was read and has no meaning.

        Args:
            kind: STATUS or CODE for a code, VALUE for one whose form is not read.
            path: of the object that has it.
            name: of the member, in lower case.
            text: the value.
        """
        _quietly(lambda: self._value(kind, path, name, text))

    def _value(self, kind: Kind, path: str, name: str, text: str) -> None:
        form = pattern(text) if kind is Kind.VALUE else shown_code(text)
        where = f"{path}.{name}" if path else name
        self._note(
            kind,
            where,
            form if text else "(nothing)",
            lambda: sample.of_value(name, text, self.hide),
        )

    def _note(self, kind: Kind, path: str, form: str, make: Callable[[], str]) -> None:
        met = Shape(self.of.partner, self.of.interface, kind, path, form)
        shape = self.named.get(met)
        if shape is None:
            # Both may repeat a secret of ours, as any text of a partner's.
            shape = met._replace(path=self.hide(path), form=self.hide(form))
            if len(self.named) < MOST_NAMED:
                self.named[met] = shape
        self.note(shape, self.place, make)

    def _broken(self, code: str) -> None:
        if known := _BROKEN.get(code):
            kind, form = known
            self._note(kind, "", form, lambda: "{}")

    def _head(self, reply: Reply) -> None:
        status, headers = reply.status, reply.headers
        found = head.of_head(self.of, status, headers)
        if RETRY_AFTER in headers and not is_readable_wait(headers):
            form = pattern(headers[RETRY_AFTER])
            found = (*found, (Kind.RETRY_AFTER, RETRY_AFTER, form))
        for kind, path, form in found:
            make = _head_sample(status, headers, path, self.hide)
            self._note(kind, path, form, make)
        if self.of.refusal is not FREE and not head.is_success(status):
            self._refusal(reply)

    def _refusal(self, reply: Reply) -> None:
        """Look at what a refusal states; its text is anybody's, JSON or not."""
        if not reply.body.lstrip().startswith((b"{", b"[")):
            return
        try:
            document = lenient_json.loads(
                reply.body, document="refusal", max_bytes=MAX_BYTES
            )
        except DecodeError:
            return
        self._compared(reply.body, document, self.of.refusal)

    def _document(self, reply: Reply, shown: list[JsonValue], written: str) -> None:
        if written:
            status, headers, body = reply.status, reply.headers, reply.body
            self._note(
                Kind.ENVELOPE,
                "",
                written,
                lambda: sample.of_body(status, headers, body, self.hide),
            )
        for document in shown:
            self._compared(reply.body, document, self.of.reply)

    def _compared(self, body: bytes, document: JsonValue, known: Node) -> None:
        for one in differences(document, known):
            make = _sample(one, body, self.hide)
            self._note(one.kind, one.path, one.form, make)


def _sample(found: Difference, body: bytes, hide: Hide) -> Callable[[], str]:
    return lambda: sample.of_difference(found, body, hide)


def _head_sample(
    status: int, headers: Mapping[str, str], new: str, hide: Hide
) -> Callable[[], str]:
    return lambda: sample.of_head(status, headers, new, hide)


def _quietly(look: Callable[[], None]) -> None:
    error = caught(look)
    if isinstance(error, Exception):
        # By its class alone: its text may hold anything.
        name = type(error).__name__
        caught(lambda: log.error("not_noted", what="drift", error=name))


class Observer:
    """Looks at the answers of one process.

    Args:
        note: takes what is new.
    """

    def __init__(self, note: Note) -> None:
        self._note = note
        self._named: dict[Shape, Shape] = {}

    def sight(self, of: Contract, place: str, hide: Hide) -> Sight:
        """How one call is looked at; see `Sight`."""
        return Sight(of, place, hide, self._note, self._named)


#: For calls that nobody notes.
NOBODY: Final = Observer(ignored)
