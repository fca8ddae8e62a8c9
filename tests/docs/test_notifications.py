"""What a receiver is promised about notifications is what it gets."""

import json
import tomllib
from datetime import UTC, datetime
from typing import Any

import pytest

from serializers.ingram import encode
from tasks.outcomes.retry import JITTER
from tasks.planning.statuses import DEFAULT_STATUSES
from tests.docs.pages import blocks, text
from workers.fields.partner import PAUSES
from workers.http.excerpt import MAX_QUOTED
from workers.http.response import KEPT_BYTES
from workers.http.sockets import REST_SECONDS
from workers.partners.ingram.answer_table import FIXED, USUAL
from workers.partners.ingram.client import READ_BYTES
from workers.partners.ingram.endpoint_settings import EndpointSecret
from workers.partners.ingram.settings import Ingram
from workers.settings.settings import Settings

PAGE = "docs/notifications.md"
SECRET = "acme-secret"


def body() -> bytes:
    return blocks(PAGE, "json")[0].rstrip("\n").encode()


def headers() -> dict[str, str]:
    lines = blocks(PAGE, "text")[0].splitlines()
    return dict(line.split(": ", 1) for line in lines)


@pytest.fixture(name="receiver")
def receivers_code() -> dict[str, Any]:
    """The functions of the page's Python."""
    names: dict[str, Any] = {}
    exec(blocks(PAGE, "python")[0], names)  # noqa: S102 (the page's own code is what is tested)
    return names


def test_the_pages_code_verifies_the_pages_notification(
    receiver: dict[str, Any],
) -> None:
    given, sent = headers(), float(headers()["webhook-timestamp"])
    event_id = json.loads(body())["eventId"]

    assert receiver["is_ours"](SECRET, given, body(), now=sent + 299)
    assert receiver["is_ingrams"](SECRET, given["x-hub-signature"], event_id)


def test_the_pages_code_refuses_what_is_not_signed_so(receiver: dict[str, Any]) -> None:
    given, sent = headers(), float(headers()["webhook-timestamp"])
    is_ours, is_ingrams = receiver["is_ours"], receiver["is_ingrams"]

    assert not is_ours("another", given, body(), now=sent)
    assert not is_ours(SECRET, given, body() + b" ", now=sent)
    assert not is_ours(SECRET, given, body(), now=sent + 301)
    assert not is_ours(SECRET, given | {"webhook-id": "X"}, body(), now=sent)
    assert not is_ingrams(SECRET, given["x-hub-signature"], "X")
    assert not is_ingrams("another", given["x-hub-signature"], given["webhook-id"])


def test_the_pages_code_takes_one_of_several_signatures(
    receiver: dict[str, Any],
) -> None:
    given, sent = headers(), float(headers()["webhook-timestamp"])
    several = given | {"webhook-signature": f"v1,AAAA {given['webhook-signature']}"}

    assert receiver["is_ours"](SECRET, several, body(), now=sent)


def test_the_example_is_what_is_written() -> None:
    assert encode.encode(encode.decode(body()), "schema") == body()


def test_the_spellings_are_those_of_the_code() -> None:
    line = encode.NotificationLine("1", "", "", "", "", "2", "", "1")
    resource = encode.Resource("im::order_backordered", "SO-1", "", "", (line,))
    reported = encode.Notification("ID", "2026-01-01T00:00:00.000Z", (resource,))
    columns = _columns("| | `schema` (default)")

    for spelling in encode.SPELLINGS:
        written = json.loads(encode.encode(reported, spelling))
        first = written["resource"][0]["lines"][0]
        number, backordered, stamp, quantities = columns[spelling]
        assert first[number] == "1"
        assert backordered in first
        assert stamp in written
        kind = str if quantities == "texts" else int
        assert isinstance(first["requestedQuantity"], kind)


def _columns(head: str) -> dict[str, list[str]]:
    """A table's columns by their first word; its first column names the rows."""
    rows = text(PAGE).partition(head)[2].partition("\n\n")[0]
    cells = [
        [cell.strip(" `") for cell in row.strip("|").split("|")]
        for row in (head + rows).splitlines()
    ]
    names = [name.split("`")[0] for name in cells[0][1:]]
    body = [row[1:] for row in cells[2:]]
    return dict(zip(names, map(list, zip(*body, strict=True)), strict=True))


def test_the_statuses_are_those_of_the_code() -> None:
    page = text(PAGE)

    for code, rule in DEFAULT_STATUSES.items():
        if rule.event:
            assert f"`{rule.event}` | `{rule.line_status}`" in page
            assert f"| `{code}`" in page
        else:
            assert (
                f"`{code}`" in page.partition("notified to nobody")[0].splitlines()[-1]
            )


def test_the_two_secrets_sign_when_the_page_states() -> None:
    table = tomllib.loads(blocks(PAGE, "toml")[0])["ingram"]["endpoints"]["acme"]

    old, new = map(EndpointSecret.model_validate, table["secrets"])

    assert (old.valid_from, old.until) == (None, datetime(2027, 1, 31, tzinfo=UTC))
    assert (new.valid_from, new.until) == (datetime(2027, 1, 24, tzinfo=UTC), None)
    assert "From the 24th to the 31st" in text(PAGE)


def test_the_figures_are_those_of_the_code() -> None:
    known, ingram_known = Settings.model_fields, Ingram.model_fields
    page = text(PAGE)
    short = page.partition("## In short")[2].partition("## Headers")[0]
    hours = sum(PAUSES) / 3_600
    within = f"{hours:.0f} to {hours * (1 + JITTER):.0f} hours"
    days = ingram_known["disable_after"].default / 86_400

    assert f"{known['deadline'].default:.0f} s for the whole call" in short
    assert f"{READ_BYTES // 1_024} KiB; of a refusal {KEPT_BYTES // 1_024} KiB" in short
    assert f"within {REST_SECONDS:.0f} s and {READ_BYTES // 1_024} KiB" in short
    assert f"and {MAX_QUOTED} characters kept" in short
    assert f"{WORDS[len(PAUSES) + 1]} attempts within {within}" in short
    *most, last = map(_pause, PAUSES)
    assert f"are {', '.join(most)} and {last} (`WAYBILL_INGRAM__RETRY_PAUSES`)" in page
    assert f"fails for {WORDS[days]} days without one success" in page
    failures = ingram_known["breaker_failures"].default
    assert f"{WORDS[failures].capitalize()} failures in a row" in page
    assert f"for {ingram_known['breaker_seconds'].default} s (`WAYBILL_IN" in page


WORDS = {5: "five", 10: "ten"}


def _pause(seconds: float) -> str:
    for unit, name in ((3_600, "h"), (60, "min"), (1, "s")):
        if seconds >= unit:
            return f"{seconds / unit:.0f} {name}"
    return ""


def test_what_is_stated_of_answers_is_what_the_code_does() -> None:
    table = text(PAGE).partition("## What your answer does")[2].partition("\n\n")[2]
    rows = dict(row.strip("| ").split(" | ", 1) for row in table.splitlines()[2:7])
    first_words = {"done": "done", "again": "again", "disable": "you want no more"}

    for status, verdict in FIXED.items():
        (reported,) = (quoted for codes, quoted in rows.items() if status in codes)
        assert reported.startswith(first_words[verdict])
    assert rows["3xx, any other 4xx"].startswith("a dead letter at once")
    assert set(USUAL.values()) == {"give_up"}
