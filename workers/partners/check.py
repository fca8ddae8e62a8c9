"""One finding of `waybill doctor`."""

from dataclasses import dataclass
from enum import StrEnum


class CheckResult(StrEnum):
    """How bad it is; `wrong` alone makes the doctor's exit code 1."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at and found.

    Attributes:
        name: what was looked at, as `redis.clock`.
        message: what was found; never a secret.
        advice: what to do, "" when it is ok.
    """

    name: str
    verdict: CheckResult
    message: str
    advice: str = ""

    def members(self) -> dict[str, str]:
        """Return the object of `doctor --json`."""
        return {
            "name": self.name,
            "verdict": self.verdict,
            "says": self.message,
            "advice": self.advice,
        }


def ok(name: str, message: str) -> Check:
    return Check(name, CheckResult.OK, message)


def warning(name: str, message: str, advice: str) -> Check:
    return Check(name, CheckResult.WARNING, message, advice)


def wrong(name: str, message: str, advice: str) -> Check:
    return Check(name, CheckResult.WRONG, message, advice)
