"""Revision of a dead letter: the text that is edited, and what is sent of it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any, Final

from serializers.errors import DecodeError
from serializers.formats.ids import event_id
from serializers.ingram import decode
from tasks.planning.plan import link_payload
from workers.ledger import keys
from workers.ledger.dead_letters import WholeLetter

#: Hex digits by which a corrected event's id differs from that of the first.
_SUFFIX = 6

#: What a screen, or a reader, would not show: it is written as JSON escapes it.
_UNSEEN: Final = re.compile(r"[^\n -~]")


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be sent.

    Attributes:
        id: of the event, or of the delivery.
        body: the event as JSON, or the delivery's payload.
        text: the same for a person, comparable with `shown`.
    """

    id: str
    body: bytes
    text: str


def shown(letter: WholeLetter) -> str:
    """The letter's content for an editor.

    Raises:
        DecodeError: there is nothing that can be edited.
    """
    if letter.kind == "watch":
        raise DecodeError("a watch has no payload: see waybill orders, or replay it")
    if letter.kind == "link":
        number, customer = _link_of(letter.payload)
        return _pretty({"order_number": number, "customer_id": customer})
    try:
        return _pretty(json.loads(letter.payload))
    except (ValueError, RecursionError):
        # A person mends what is no JSON.
        return letter.payload.decode(errors="replace")


def typed(text: str) -> str:
    """JSON in which nothing is hidden: controls and turns of direction are escapes.

    So that what a person sees is what they send.
    """
    return _UNSEEN.sub(lambda found: _escaped(found[0]), text)


def drafted(letter: WholeLetter, text: str) -> Draft:
    """What would be sent of an edited text, under an id of its own.

    The same text gives the same id, so that it is sent once.

    Raises:
        DecodeError: it is no JSON object, not of the letter's kind, or holds what
            cannot be sent.
    """
    drafts = {"event": _event, "link": _link}
    try:
        return drafts.get(letter.kind, _notification)(letter, _object(text))
    except UnicodeEncodeError:
        what = "a lone surrogate is no character, and cannot be sent"
        raise DecodeError(what) from None
    except RecursionError:
        raise DecodeError("it is nested too deeply") from None


def difference(before: str, after: str) -> list[str]:
    """The lines that differ, as `diff -u` has them."""
    old, new = before.splitlines(), after.splitlines()
    return [line.rstrip("\n") for line in unified_diff(old, new, "before", "after")]


def _event(letter: WholeLetter, value: dict[str, Any]) -> Draft:
    id_ = value.get("id")
    if isinstance(id_, str) and id_ and id_ == _id_of(letter.payload):
        mark = event_id("revision", letter.id, _compact(value))[:_SUFFIX]
        value = value | {"id": f"{id_}-{mark}"}
    # Compact: what was not too large before is not now.
    return Draft(str(value.get("id", "")), _compact(value).encode(), _pretty(value))


def _notification(letter: WholeLetter, value: dict[str, Any]) -> Draft:
    names = [name for name in value if name.casefold() == "eventid"]
    unnamed = {name: one for name, one in value.items() if name not in names}
    new = event_id("revision", letter.id, _compact(unnamed))
    value = {name: new if name in names else one for name, one in value.items()}
    body = _compact(value).encode()
    try:
        before = decode.decode(letter.payload)
    except DecodeError:
        before = None
    after = decode.decode(body)
    orders = {one.order_number for one in after.resources}
    if before is not None and orders != {one.order_number for one in before.resources}:
        raise DecodeError("orderNumber: must stay, since it is that order's delivery")
    suffix = letter.id.partition(".")[2]
    return Draft(f"{new}.{suffix}", body, _pretty(value))


def _link(letter: WholeLetter, value: dict[str, Any]) -> Draft:
    number, customer = value.get("order_number"), value.get("customer_id")
    for name, one in (("order_number", number), ("customer_id", customer)):
        if not isinstance(one, str) or not one.strip():
            raise DecodeError(f"{name}: must be a text that is not blank")
    if strange := sorted(value.keys() - {"order_number", "customer_id"}):
        raise DecodeError(f"{strange[0]}: is not read")
    body = link_payload(str(number), str(customer))
    suffix = (letter.destination or "").rpartition("/")[2]
    id_ = event_id("revision", letter.id, body.decode())
    return Draft(f"{id_}.{suffix}", body, _pretty(value))


def _link_of(payload: bytes) -> tuple[str, str]:
    try:
        number, customer = json.loads(payload)
    except (ValueError, TypeError, RecursionError):
        raise DecodeError("the link's payload cannot be read") from None
    return str(number), str(customer)


def _escaped(char: str) -> str:
    if char.isprintable():
        return char
    pair = char.encode("utf-16-be", "surrogatepass")
    units = (pair[n : n + 2].hex() for n in range(0, len(pair), 2))
    return "".join(rf"\u{unit}" for unit in units)


def _id_of(payload: bytes) -> object:
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return value.get("id") if isinstance(value, dict) else None


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"this is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise DecodeError("this is no JSON object")
    return value


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _compact(value: Mapping[str, object]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def new_ref(letter: WholeLetter, draft: Draft) -> str:
    """What the revision is called."""
    return draft.id if letter.kind == "event" else keys.delivery_ref(draft.id)
