"""Keys of commands, by which they find their node of a Redis Cluster.

A script is given a second key, of its slot, that never is. Redis knows of a script's
keys what it is told, and while a slot moves from one node to another it may find half
of them on each: with a key that is on neither it refuses the script everywhere until
the slot has moved as a whole.
"""

from typing import Final

from redis.crc import key_slot

from workers.redis.round_trips import Command

#: Commands that name no key. They go to one node, always the same.
_KEYLESS: Final = frozenset(
    {"ACL", "CLIENT", "CLUSTER", "CONFIG", "DBSIZE", "INFO", "LATENCY", "PING", "ROLE"}
    | {"SLOWLOG", "TIME"}
)
#: Commands whose first key stands behind a word, by its place.
_BEHIND: Final = {"XGROUP": 2, "XINFO": 2, "MEMORY": 2, "OBJECT": 2}
_SCRIPTS: Final = {"EVAL": 3, "EVALSHA": 3}


def key_of(command: Command) -> str | bytes | None:
    """The first key that a command names."""
    words = [*str(command[0]).upper().split(), *command[1:]]
    name = str(words[0])
    if name in _KEYLESS:
        return None
    if name in {"XREADGROUP", "XREAD"}:
        place = next(n for n, one in enumerate(words) if _is_streams(one))
        return _text(words[place + 1])
    return _text(words[_SCRIPTS.get(name) or _BEHIND.get(name, 1)])


def _is_streams(word: object) -> bool:
    """Whether it is that word; redis-py gives it as bytes."""
    return isinstance(word, str | bytes) and word.upper() in {"STREAMS", b"STREAMS"}


def _text(word: object) -> str | bytes:
    return word if isinstance(word, bytes) else str(word)


def slot_of(command: Command) -> int:
    """The slot of a command's keys, which have one."""
    key = key_of(command)
    if key is None:
        return 0
    return key_slot(key.encode() if isinstance(key, str) else key)


def guarded(command: Command) -> Command:
    """A script of one key with a second one that never is."""
    if command[0] != "EVALSHA" or command[2] != 1:
        return command
    guard = guard_of(str(command[3]))
    if guard is None:
        return command
    return (*command[:2], 2, command[3], guard, *command[4:])


def guard_of(key: str) -> str | None:
    """A key of the same slot that nobody writes; None where none can be named."""
    begin = key.find("{")
    end = key.find("}", begin + 1) if begin >= 0 else -1
    tag = key[begin + 1 : end] if end > begin + 1 else key
    return None if "}" in tag else f"{{{tag}}}:-"
