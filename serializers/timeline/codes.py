"""Codes of an order's timeline, each with its letter and its texts.

A new kind of entry, or of remark on one, is one row here and one wording in
`waybill.explain.timeline`.
"""

from dataclasses import dataclass
from enum import Enum

#: Texts that are numbers: `--json` shows them as such.
NUMBERS = frozenset({"after_ms", "time_ms", "count"})


class Code(Enum):
    """What a note is: its letter in the ledger, then the names of its texts.

    Capitals begin an entry. Small letters and digits follow in one, as often as is
    needed. A letter is never given to another code, and no code gets or loses a text:
    entries live for as long as their order.
    """

    # An event of the ERP, by its type.
    PLACED = "P", "event"
    CUSTOMER_LINKED = "C", "event"
    STATUS_CHANGED = "S", "event"
    CANCELLED = "X", "event"
    RETURNED = "T", "event"

    # Remarks on an event.
    KEPT_FOR = "k", "endpoint"
    NO_TIME = "t", "time"
    TIME_AHEAD = "a", "time_ms"
    NO_NEW_LINK = "l"
    NOT_NOTIFIED = "c"
    NOT_WATCHED = "w"
    WESTCON_NOT_CONFIGURED = "d"
    NO_REFERENCE = "r"
    WATCHED_NOW = "f"
    OUTDATED = "s"
    CANCELLED_ALREADY = "y"
    CORRECTED = "0", "what", "before", "after"
    SEEN_ASIDE = "1", "count"
    MISSPELLED = "i", "member", "meant"
    LINE_RETURNED = "b", "line", "quantity"
    MORE_RETURNED = "g", "count"
    NOTHING_RETURNED = "z"

    # An event of a further source came to an order that another source began.
    MERGED = "M", "source", "first"

    # A look at the order, and the first one of an order that is taken over.
    LOOK = "L"
    BASELINE = "B"

    # A look of a watch that keeps what it saw to itself, in its partner's words.
    SIGHTED = "N", "destination", "seen"

    # What a look has found; `line` is the line's key.
    LINE_NEW = "n", "line", "status"
    LINE_MOVED = "m", "line", "before", "status"
    MORE_LINES = "o", "count"
    UNREAD = "u", "line", "value"
    WAITS = "h", "line"
    NO_PARCELS = "j", "answer"
    MORE_UNREAD = "v", "count"

    # Westcon's orders under this one's purchase order that are not its own.
    SET_ASIDE = "x", "order", "finished"
    MORE_SET_ASIDE = "p", "count"
    OTHERS = "e", "order", "owner"
    GIVEN = "q", "order", "by"

    # Lines that were known under a reference which the ERP has corrected since.
    SEEN_AGAIN = "2", "count"

    # An order of Westcon's was given to it, by a person or by another order's look.
    ASSIGNED = "Q", "order", "by"

    # An attempt, by its outcome. `item` is a ref, `answer` the code of how it went.
    DONE = "D", "destination", "item", "answer"
    AGAIN = "A", "destination", "item", "answer", "after_ms"
    LATER = "W", "destination", "item", "answer", "after_ms"
    GIVEN_UP = "G", "destination", "item", "answer"

    # What else became of an item.
    AMBIGUOUS = "U", "item"
    REPLAYED = "R", "item"
    DISCARDED = "F", "item"
    SUPERSEDED = "O", "item"
    LOOK_AGAIN = "J", "item"

    # What a person did: had it looked at, gave it up, corrected an item.
    POLLED = "K"
    ABANDONED = "H", "why"
    REVISED = "V", "item", "revision"

    # A repair of a reconciliation, by the kind of its finding.
    REPAIRED = "Y", "finding", "act", "repair"
    OF_PLAN = "3", "plan"

    # What has no code here: an older release wrote sentences, a newer one has others.
    PLAIN = "=", "text"

    def __init__(self, letter: str, *fields: str) -> None:
        self.letter = letter
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Note:
    """One code with its texts; an entry of the timeline is one or several of these.

    Raises:
        ValueError: the code has more texts, or fewer.
    """

    code: Code
    texts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.texts) != len(self.code.fields):
            expected = ", ".join(self.code.fields) or "none"
            raise ValueError(f"{self.code.name} has other texts: {expected}")

    def __getitem__(self, field: str) -> str:
        """The text of this name; raises ValueError where the code has none."""
        return self.texts[self.code.fields.index(field)]

    @property
    def named(self) -> dict[str, str]:
        """Its texts by their names."""
        return dict(zip(self.code.fields, self.texts, strict=True))


def note(code: Code, *texts: str) -> Note:
    """A note of these texts, in the order of the code's row."""
    return Note(code, texts)
