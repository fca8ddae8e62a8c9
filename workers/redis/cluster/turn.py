"""One sending of commands to the nodes that have their keys, and what is left of it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import redis
from redis.exceptions import (
    AskError,
    BusyLoadingError,
    ClusterDownError,
    MovedError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from workers.redis.cluster.commands import slot_of
from workers.redis.cluster.nodes import Nodes
from workers.redis.hosts import Host
from workers.redis.round_trips import Command

#: It goes to the node of the command before it, on the same connection.
_WAIT: Final = "WAIT"


class ClusterAwayError(RedisConnectionError):
    """No node serves a slot just now; it is waited for like a Redis that is away."""


class Turn:
    """Commands that still have no answer, and where each is to be asked.

    What replicas are waited for (WAIT) is all that stands before it of its slot. One
    connection answers it in one go, or all of it is sent again: what was written on
    another one would not be waited for.

    Args:
        commands: all of them; their answers go by their places.
    """

    def __init__(self, commands: Sequence[Command]) -> None:
        self._commands = commands
        self._slots = list[int]()
        self._whole = set[int]()
        for one in commands:
            waits = one[0] == _WAIT
            self._slots.append(self._slots[-1] if waits else slot_of(one))
            if waits:
                self._whole.add(self._slots[-1])
        self._asked: dict[int, Host] = {}
        self._led: tuple[Host, Host] | None = None
        self.left = list(range(len(commands)))

    def take(self, nodes: Nodes, answers: list[Any]) -> redis.RedisError | None:
        """Send what is left once; what is to be waited for, if anything is."""
        again: list[int] = []
        trouble: redis.RedisError | None = None
        asked, self._asked = self._asked, {}
        try:
            parts = self._by_host(nodes, asked)
        except (RedisConnectionError, RedisTimeoutError) as error:
            return error
        for host, places in parts.items():
            asking = [place in asked for place in places]
            try:
                found = nodes.sent(host, [self._commands[n] for n in places], asking)
            except (RedisConnectionError, RedisTimeoutError) as error:
                nodes.doubt(host)
                again, trouble = [*again, *places], error
                continue
            for place, answer in zip(places, found, strict=True):
                if not self._is_redirected(place, answer, nodes, host):
                    answers[place] = answer
                    continue
                again.append(place)
                if _passes(answer):
                    trouble = ClusterAwayError(str(answer))
        whole = {self._slots[place] for place in again} & self._whole
        self.left = [n for n in self.left if n in again or self._slots[n] in whole]
        return trouble

    def led_astray(self) -> ClusterAwayError:
        """What is wrong where every answer was that another node has the slot."""
        host, named = map(str, self._led or ("one", "another"))
        slots = ", ".join(str(self._slots[place]) for place in self.left[:3])
        return ClusterAwayError(
            "its nodes name each other in turn, and none serves what was asked:"
            f" {host} says that {named} has slot {slots}; see CLUSTER NODES of both"
        )

    def _by_host(self, nodes: Nodes, asked: dict[int, Host]) -> dict[Host, list[int]]:
        found: defaultdict[Host, list[int]] = defaultdict(list)
        for place in self.left:
            if self._commands[place][0] == _WAIT and place - 1 in asked:
                asked[place] = asked[place - 1]
            host = asked.get(place) or nodes.host(self._slots[place])
            found[host].append(place)
        return found

    def _is_redirected(self, place: int, answer: Any, nodes: Nodes, host: Host) -> bool:
        match answer:
            case MovedError():
                self._led = host, _named(answer, host)
                nodes.moved(answer.slot_id, self._led[1])
            case AskError():
                self._asked[place] = _named(answer, host)
                self._led = host, self._asked[place]
            case ClusterDownError():
                nodes.doubt(host)
            case _:
                return _passes(answer)
        return True


def _passes(answer: Any) -> bool:
    return isinstance(answer, TryAgainError | ClusterDownError | BusyLoadingError)


def _named(answer: AskError, host: Host) -> Host:
    """Where an answer leads; without a name to the host that gave it."""
    return Host(answer.host or host.name, answer.port)
