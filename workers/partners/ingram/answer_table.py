"""Table of an endpoint's answers: what each status means for its delivery."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, Literal

#: Done; again after a pause; a dead letter; the endpoint is disabled, its work waits.
AnswerMeaning = Literal["done", "again", "give_up", "disable"]

#: What no setting changes. 408 and 425 speak of the moment, 429 and 5xx of the
#: receiver, not of the notification; 410 means that it wants no more.
FIXED: Final[Mapping[str, AnswerMeaning]] = {
    "2xx": "done",
    "408": "again",
    "410": "disable",
    "425": "again",
    "429": "again",
    "5xx": "again",
}
#: The default where an endpoint sets nothing else. A redirect is never followed.
USUAL: Final[Mapping[str, AnswerMeaning]] = {"3xx": "give_up", "4xx": "give_up"}

_OWN: Final = re.compile(r"[34](?:xx|[0-9]{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """One endpoint's answers.

    Attributes:
        own: what other 3xx and 4xx mean to it, by status or class ("404", "3xx").
    """

    own: Mapping[str, AnswerMeaning] = field(default_factory=dict)

    def of(self, status: int) -> AnswerMeaning:
        """Return what a status means: a single one goes before its class."""
        known = self._known()
        return known.get(str(status)) or known.get(_class(status), "give_up")

    def rows(self) -> Iterator[tuple[str, AnswerMeaning, str]]:
        """Every entry: status or class, what it means, and its name."""
        # A class stands behind the single statuses that are taken out of it.
        for status, verdict in sorted(self._known().items()):
            yield status, verdict, _phrase(status)

    def _known(self) -> Mapping[str, AnswerMeaning]:
        return {**USUAL, **self.own, **FIXED}


def is_fixed(status: int) -> bool:
    """Whether no endpoint may set the meaning of this status."""
    return str(status) in FIXED or _class(status) in FIXED


def is_own(status: str) -> bool:
    """Whether an endpoint may set the meaning of this status or class."""
    return _OWN.fullmatch(status) is not None and status not in FIXED


def _class(status: int) -> str:
    return f"{status // 100}xx"


def _phrase(status: str) -> str:
    if status.endswith("xx"):
        return "any other"
    try:
        return HTTPStatus(int(status)).phrase
    except ValueError:
        return ""
