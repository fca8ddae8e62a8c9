"""Walks one seed again and prints every step that it takes."""

import argparse
import sys
from collections.abc import Callable, Sequence

import redis

from tests.ledger.clock import HOLDING, build
from tests.ledger.quiesce import rest
from tests.ledger.walk import Walk
from tests.redis_servers import binaries, running
from workers.redis.answers import text

STEPS = 45

#: A stream's trimming spares whole nodes only; small ones, so that it spares little.
OPTIONS = ("--stream-node-max-entries", "1")

#: What is shown of an item, in this order.
FIELDS = ("state", "fence", "tries", "run", "version", "why")


def server() -> str:
    """The machine's own server, else the bundled one."""
    return list(binaries().values())[-1]


def command(seed: int, partitions: int, steps: int) -> str:
    """The command that walks this seed again."""
    options = f"--partitions {partitions} --steps {steps}"
    return f"python -m tests.ledger.replay_seed {seed} {options}"


def print_line(line: str) -> None:
    print(line)  # noqa: T201 (this is what the command is for)


class PrintedWalk(Walk):
    """A walk that prints what each step changed."""

    _before: dict[str, str] = {}  # noqa: RUF012 (replaced, never changed)

    def step(self, act: Callable[[], None]) -> None:
        print_line(f"{self.world.clock.now_ms} {act.__name__}")
        try:
            super().step(act)
        finally:
            self.print_changes()

    def whole(self, steps: int) -> None:
        self.steps(steps)
        print_line("from now on everything works")
        try:
            rest(self.actions)
        finally:
            self.print_changes()

    def print_changes(self) -> None:
        now = items(self.world.redis)
        for name in sorted(now.keys() | self._before.keys()):
            before, after = self._before.get(name, "-"), now.get(name, "-")
            if before != after:
                print_line(f"    {name}: {before}  ->  {after}")
        self._before = now


def items(client: "redis.Redis") -> dict[str, str]:
    """Every order and delivery, and every lane, in one line each."""
    found = {}
    for key in map(text, client.scan_iter("{wb:*")):
        kind = key.partition("}:")[2].partition(":")[0]
        if kind in {"order", "delivery"}:
            values = client.hmget(key, FIELDS)
            pairs = zip(FIELDS, map(text, values), strict=True)
            found[key] = " ".join(f"{name}={value}" for name, value in pairs if value)
        elif kind == "lane":
            found[key] = " ".join(map(text, client.lrange(key, 0, -1)))
    return found


def main(arguments: Sequence[str]) -> str:
    """Walk; what to print at the end, "" when nothing broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.ledger.replay_seed")
    parser.add_argument("seed", type=int)
    parser.add_argument("--partitions", type=int, default=1)
    parser.add_argument("--steps", type=int, default=STEPS)
    asked = parser.parse_args(arguments)
    with running(server(), *OPTIONS) as one, one.client() as client:
        world = build(client, partitions=asked.partitions, known=HOLDING)
        walk = PrintedWalk(world, asked.seed)
        try:
            walk.whole(asked.steps)
        except (AssertionError, redis.RedisError) as error:
            return f"broke: {error or type(error).__name__}"
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) or None)
