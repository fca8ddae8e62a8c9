"""Notebook of one process: shapes that were met and are not in Redis yet."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from serializers.drift.shape import Shape

#: Shapes that a process holds; what else it meets is only counted.
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A shape that waits for being written.

    Attributes:
        shape: what is new.
        place: the destination where it was met last.
        count: how often it was met.
        at: monotonic seconds of the last time.
        sample: masked; "" where Redis has enough of them.
    """

    shape: Shape
    place: str
    count: int
    at: float
    sample: str = ""


class Notebook:
    """Takes notes from any thread, and hands them on; nothing waits, nothing grows.

    Args:
        monotonic: seconds that nobody sets.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._entries: dict[Shape, Entry] = {}
        self._unlisted = 0
        self._sampled: set[Shape] = set()

    def note(self, shape: Shape, place: str, sample: Callable[[], str]) -> None:
        """Count a shape; a sample is made when none waits and more are wanted.

        Args:
            shape: what was met.
            place: the destination where.
            sample: makes a sample, masked and bounded.
        """
        now = self._monotonic()
        known = self._entries.get(shape)
        made = ""
        if known is None and shape not in self._sampled:
            made = sample()
        with self._lock:
            known = self._entries.get(shape)
            if known is None and len(self._entries) >= MOST:
                self._unlisted += 1
                return
            count = 1 if known is None else known.count + 1
            kept = made if known is None else known.sample
            self._entries[shape] = Entry(shape, place, count, now, kept)

    def take(self) -> tuple[tuple[Entry, ...], int]:
        """What was met since the last time, and how often there was no room."""
        with self._lock:
            taken, unlisted = tuple(self._entries.values()), self._unlisted
            self._entries, self._unlisted = {}, 0
        return taken, unlisted

    def put_back(self, entries: Iterable[Entry], unlisted: int) -> None:
        """Take back what could not be written."""
        with self._lock:
            self._unlisted += unlisted
            for one in entries:
                self._put_back(one)

    def _put_back(self, one: Entry) -> None:
        newer = self._entries.get(one.shape)
        if newer is not None:
            count, sample = one.count + newer.count, one.sample or newer.sample
            one = Entry(one.shape, newer.place, count, newer.at, sample)
        elif len(self._entries) >= MOST:
            self._unlisted += one.count
            return
        self._entries[one.shape] = one

    def sampled(self, wanted: Mapping[Shape, bool]) -> None:
        """Note of which shapes another sample is wanted, and of which none."""
        with self._lock:
            enough = {shape for shape, more in wanted.items() if not more}
            self._sampled = (self._sampled - wanted.keys()) | enough
            if len(self._sampled) > 10 * MOST:
                # To make some of them once more costs little.
                self._sampled = enough
