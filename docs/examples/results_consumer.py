"""Reads Waybill's results through a consumer group, and works on each exactly once.

    REDIS_URL=redis://127.0.0.1:6379/0 python results_consumer.py NAME FILE

NAME is this consumer's, and stays the same when it starts again. FILE is its SQLite
database: what a result means is written there, with its id, in one transaction.
"""
# ruff: noqa: INP001 - one file to be copied, not part of a package

import json
import os
import sqlite3
import sys
from typing import Any

import redis

GROUP = "erp"
PARTITIONS = int(os.environ.get("PARTITIONS", "1"))
STREAMS = [f"{{wb:{partition}}}:results" for partition in range(PARTITIONS)]


def make_groups(client: redis.Redis) -> None:
    """Make the group where it is missing; it reads what is kept, from the first on."""
    for stream in STREAMS:
        try:
            client.xgroup_create(stream, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise


def work_on(database: sqlite3.Connection, event: dict[str, Any]) -> None:
    """Take one result: its id decides whether it was taken before."""
    with database:
        new = database.execute(
            "INSERT OR IGNORE INTO results VALUES (?)", (event["id"],)
        )
        if new.rowcount:
            database.execute(
                "INSERT INTO changes VALUES (?, ?)",
                (event.get("subject"), event["type"]),
            )


def main(name: str, file: str) -> None:
    """Read for ever: first what was not acknowledged before, then what is new."""
    database = sqlite3.connect(file)
    database.execute("CREATE TABLE IF NOT EXISTS results (id TEXT PRIMARY KEY)")
    database.execute("CREATE TABLE IF NOT EXISTS changes (subject TEXT, type TEXT)")
    client = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=30)
    make_groups(client)
    after = dict.fromkeys(STREAMS, "0")
    while True:
        answer: Any = client.xreadgroup(GROUP, name, after, count=100, block=5000)
        for key, entries in answer:
            stream = key.decode()
            for entry, fields in entries:
                work_on(database, json.loads(fields[b"event"]))
                # After the work: a crash in between repeats it, and its id is known.
                client.xack(stream, GROUP, entry)
            if after[stream] != ">":
                after[stream] = entries[-1][0] if entries else ">"


if __name__ == "__main__":
    main(*sys.argv[1:])
