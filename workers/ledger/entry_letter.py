"""Codec of a stream entry's fields in its dead letter.

An entry that holds an event and nothing else keeps its bytes as `payload`, as every
letter does that a delivery leaves; any other keeps all its fields, packed.
"""

from collections.abc import Mapping

from serializers.events import entry_fields
from serializers.events.entry_fields import Fields
from workers.redis.answers import octets


def written(fields: Fields) -> tuple[str, bytes]:
    """The letter's field and what it holds."""
    if len(fields) == 1 and entry_fields.bodies(fields):
        return "payload", fields[0][1]
    return "fields", entry_fields.pack(fields)


def read(letter: Mapping[str, object]) -> Fields:
    """The entry's fields, none where the letter has neither of the two.

    Raises:
        DecodeError: they were not written by this.
    """
    if "fields" in letter:
        return entry_fields.unpack(octets(letter["fields"]))
    if "payload" in letter:
        return entry_fields.of_event(octets(letter["payload"]))
    return ()
