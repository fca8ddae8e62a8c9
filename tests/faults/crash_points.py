"""The points at which a worker ends itself, and the folder that arms one.

A worker is healthy until a point is armed. So the worker that repairs one crash is
the victim of the next, and a crash costs one start.
"""

import json
import os
import signal
from pathlib import Path

#: The environment variable that names the folder.
FOLDER = "CRASH_FOLDER"


class CrashPoints:
    """Armed by a test, reached by a worker.

    A point is `before:` or `after:`, a step and a walk, as "after:send:notify".

    Args:
        folder: of the test; there is one armed point at most.
    """

    def __init__(self, folder: Path) -> None:
        self._armed = folder / "armed"
        self._deaths = folder / "deaths"

    def arm(self, point: str, *, only: str = "", every: bool = False) -> None:
        """Have whoever reaches this point die there.

        Args:
            point: where.
            only: what the bytes in hand must hold.
            every: each time; else the first one alone.
        """
        text = json.dumps({"point": point, "only": only, "every": every})
        # At once, for a worker may be reading.
        fresh = self._armed.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(self._armed)

    def deaths(self) -> list[str]:
        """The points at which workers have died, in order."""
        return self._deaths.read_text().split() if self._deaths.exists() else []

    def reached(self, point: str, content: bytes) -> None:
        """Die here, if this is the point."""
        try:
            armed = json.loads(self._armed.read_text())
        except FileNotFoundError:
            return
        if armed["point"] == point and armed["only"].encode() in content:
            self._die(point, every=armed["every"])

    def _die(self, point: str, *, every: bool) -> None:
        if not every:
            try:
                self._armed.unlink()
            except FileNotFoundError:
                return
        with self._deaths.open("a") as deaths:
            deaths.write(f"{point}\n")
        os.kill(os.getpid(), signal.SIGKILL)
