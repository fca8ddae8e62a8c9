"""Meaning of Westcon's line statuses: how far along, whether final, whom to notify."""

from collections.abc import Mapping
from dataclasses import dataclass

#: Westcon's answer for an order that is not ours or not there yet.
NOT_AUTHENTIC = "NAO"


@dataclass(frozen=True, slots=True)
class StatusRule:
    """One status.

    Attributes:
        rank: how far along quantity is; from shipped on it never goes to a lower rank.
        terminal: whether nothing more can come of quantity in it.
        event: Ingram's eventType, "" when nobody is notified.
        line_status: Ingram's lineStatus.
    """

    rank: int
    terminal: bool = False
    event: str = ""
    line_status: str = ""


StatusTable = Mapping[str, StatusRule]

#: `INV` and `SHI` are Westcon's own words; `REJ`, `SCH` and `INC` were seen in its
#: replies without a description; the back-order and hold codes are guesses that a
#: setting replaces (WAYBILL_WESTCON__STATUSES).
DEFAULT_STATUSES: StatusTable = {
    "INC": StatusRule(10),
    "HLD": StatusRule(15, event="im::order_hold", line_status="IM::hold"),
    "BOR": StatusRule(16, event="im::order_backordered", line_status="IM::backordered"),
    "SCH": StatusRule(20),
    "SHI": StatusRule(40, event="im::order_shipped", line_status="IM::shipped"),
    "INV": StatusRule(
        50, terminal=True, event="im::order_invoiced", line_status="IM::invoiced"
    ),
    "REJ": StatusRule(
        60, terminal=True, event="im::order_voided", line_status="IM::voided"
    ),
}

#: A code that the table does not have: kept and shown, notified to nobody, never final.
UNKNOWN = StatusRule(0)

#: From this rank on quantity has been shipped, unless it was voided.
SHIPPED_RANK = 40
VOIDED = "im::order_voided"
BACKORDERED = "im::order_backordered"


def rule_of(status: str, table: StatusTable) -> StatusRule:
    return table.get(status, UNKNOWN)


def is_stage(rule: StatusRule) -> bool:
    """Whether quantity that has reached it never goes back: from shipped on."""
    return rule.rank >= SHIPPED_RANK and rule.event != VOIDED


def place(code: str, table: StatusTable) -> tuple[int, str]:
    """Where a status stands among others: by rank, then by its code."""
    return rule_of(code, table).rank, code
