from sandbox import settings
from sandbox.http.message import Request
from sandbox.journal import Journal, fingerprint
from sandbox.server import Sandbox
from tests.sandbox.caller import Caller


def request(**headers: str) -> Request:
    return Request("POST", "/a", "q=1", headers, b"12345")


def test_secret_headers_appear_as_fingerprints(
    sandbox: Sandbox, caller: Caller
) -> None:
    headers = caller.westcon_headers()
    caller.status(["1"], headers=headers)

    (entry,) = sandbox.journal.entries("westcon.order_status")
    token = headers["Authorization"].removeprefix("Bearer ")
    assert entry.headers["authorization"] == fingerprint(headers["Authorization"])
    assert entry.headers["ocp-apim-subscription-key"].startswith("sha256:")
    assert token not in repr(entry)
    assert settings.WESTCON_SUBSCRIPTION_KEY not in repr(entry)


def test_a_secret_in_the_query_or_a_form_is_not_kept(
    sandbox: Sandbox, caller: Caller
) -> None:
    caller.microsoft(client_secret="from-a-form")
    caller.send("GET", "/ingram/oauth/oauth20/token?client_secret=from-a-query")

    assert "from-a" not in repr(sandbox.journal.entries())


def test_different_secrets_have_different_fingerprints() -> None:
    assert fingerprint("a") != fingerprint("b")
    assert fingerprint("a") == fingerprint("a")


def test_an_entry_states_what_was_understood(sandbox: Sandbox, caller: Caller) -> None:
    caller.status(["7", "8"])
    caller.notify()

    (polled,) = sandbox.journal.entries("westcon.order_status")
    (notified,) = sandbox.journal.entries("receiver.acme")
    assert polled.facts["orders"] == ["7", "8"]
    assert polled.facts["order_type"] == "W"
    assert (notified.facts["event_id"], notified.facts["order"]) == ("E1", "SO-1")
    assert (notified.status, notified.method, notified.fault) == (200, "POST", "")


def test_a_bounded_journal_forgets_entries_and_not_counts() -> None:
    journal = Journal(keep=2)

    for number in range(5):
        journal.record(f"route.{number % 2}", request(), {}, 200, "")

    assert [entry.seq for entry in journal.entries()] == [4, 5]
    assert journal.counts() == {"route.0": 3, "route.1": 2}
    assert journal.count("route.*") == 5


def test_entries_are_found_by_route_and_from_a_number_on() -> None:
    journal = Journal()
    for route in ("a.x", "b.x", "a.y"):
        journal.record(route, request(), {}, 200, "")

    assert [entry.route for entry in journal.entries("a.*")] == ["a.x", "a.y"]
    assert [entry.seq for entry in journal.entries("a.*", since=1)] == [3]


def test_a_cleared_journal_counts_anew_and_numbers_on() -> None:
    journal = Journal()
    journal.record("a", request(), {}, 200, "")

    journal.clear()
    journal.record("a", request(), {}, 200, "")

    assert journal.counts() == {"a": 1}
    assert [entry.seq for entry in journal.entries()] == [2]
