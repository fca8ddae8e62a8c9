"""Entries of the stream: what a task sees of them, and how they leave."""

from dataclasses import replace

from serializers.events.entry import MAX_BYTES
from serializers.events.entry_fields import Apart, Oversized, of_event
from tests.contracts.subject import Subject
from tests.ledger import acts

FIELDS = ((b"event", b"{}"), (b"of", b"others"), (b"of", b"others"))


def test_a_pending_entry_is_read_with_all_its_fields(subject: Subject) -> None:
    entries = [subject.read(FIELDS), subject.read(of_event(b"{}"))]

    assert subject.ledger.start_entries(entries) == {
        entries[0]: FIELDS,
        entries[1]: of_event(b"{}"),
    }


def test_of_a_large_entry_only_its_size_is_read(subject: Subject) -> None:
    most = MAX_BYTES - len(b"event")
    entry, fits = subject.read(of_event(b"x" * (most + 1))), of_event(b"x" * most)

    assert subject.ledger.start_entries([entry]) == {entry: Oversized(MAX_BYTES + 1)}
    largest = subject.read(fits)
    assert subject.ledger.start_entries([largest]) == {largest: fits}


def test_an_entry_that_was_acknowledged_or_forgotten_is_gone(subject: Subject) -> None:
    entries = [subject.read(FIELDS) for _ in range(3)]
    subject.ledger.acknowledge(entries[:1])
    subject.ledger.forget(entries[1:2])

    found = subject.ledger.start_entries(entries)

    assert found == {entries[0]: None, entries[1]: None, entries[2]: FIELDS}


def test_what_was_started_too_often_beside_others_is_begun_alone(
    subject: Subject,
) -> None:
    entry = subject.read(FIELDS)
    starts = subject.wear_out(entry)

    assert subject.ledger.start_entries([entry]) == {entry: Apart(starts)}
    with subject.ledger.started_alone(entry, starts) as found:
        assert found == {entry: FIELDS}


def test_an_entry_that_was_deleted_is_gone(subject: Subject) -> None:
    entry = subject.read(FIELDS)
    subject.delete(entry)

    assert subject.ledger.start_entries([entry]) == {entry: None}


def test_nothing_is_asked_of_no_entries(subject: Subject) -> None:
    subject.ledger.acknowledge([])
    subject.ledger.forget([])

    assert subject.ledger.start_entries([]) == {}


def test_an_event_is_buried_once(subject: Subject) -> None:
    entry = subject.read(FIELDS)

    subject.ledger.bury_event(entry, FIELDS, "why", "code")
    subject.ledger.bury_event(entry, FIELDS, "why", "code")

    assert subject.letters() == {f"event:{entry}"}
    assert subject.ledger.start_entries([entry]) == {entry: None}


def test_an_admission_takes_its_entry_off_the_list_where_it_need_not_come_again(
    subject: Subject,
) -> None:
    plain = acts.admission(subject, digest="one")
    entries = [subject.read(FIELDS) for _ in range(4)]
    admitted, again, other, stale = (replace(plain, entry=id_) for id_ in entries)

    written = [
        subject.ledger.admit([one])[0].verdict
        for one in (
            replace(stale, digest="two", version=7),
            admitted,
            again,
            replace(other, mark="2:other"),
        )
    ]

    assert [one.value for one in written] == [
        "stale",
        "admitted",
        "duplicate",
        "conflict",
    ]
    pending = subject.ledger.start_entries(entries)
    assert [pending[id_] for id_ in entries] == [None, None, FIELDS, FIELDS]


def test_an_entry_is_buried_unread_where_it_is_still_there(subject: Subject) -> None:
    kept, gone = subject.read(FIELDS), subject.read(FIELDS)
    subject.delete(gone)

    assert subject.ledger.bury_entry(kept, "why", "code")
    assert not subject.ledger.bury_entry(gone, "why", "code")
    assert subject.letters() == {f"event:{kept}"}
