"""One finding of `waybill doctor`."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How bad it is; `wrong` alone makes the doctor's exit code 1."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at and found.

    Attributes:
        name: what was looked at, as `redis.clock`.
        says: what was found; never a secret.
        advice: what to do, "" when it is ok.
    """

    name: str
    verdict: Verdict
    says: str
    advice: str = ""


def ok(name: str, says: str) -> Check:
    return Check(name, Verdict.OK, says)


def warning(name: str, says: str, advice: str) -> Check:
    return Check(name, Verdict.WARNING, says, advice)


def wrong(name: str, says: str, advice: str) -> Check:
    return Check(name, Verdict.WRONG, says, advice)
