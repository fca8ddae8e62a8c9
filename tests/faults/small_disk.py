"""A file system that is soon full, and made larger while it is in use."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

#: Empty where the machine has none, which the run below then reports.
MOUNT, UMOUNT = shutil.which("mount") or "", shutil.which("umount") or ""


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A tmpfs; ends with `small_disk`."""

    place: Path

    def fill(self) -> None:
        """Take all the room there is."""
        with (self.place / "filler").open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                return

    def grow(self) -> None:
        command = (MOUNT, "-o", "remount,size=64m", str(self.place))
        subprocess.run(command, check=True)


@contextmanager
def small_disk(place: Path) -> Iterator[SmallDisk]:
    """A file system of 4 MB; skips where none can be mounted."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    if not (MOUNT and UMOUNT):
        pytest.skip("this machine has no mount and umount")
    place.mkdir()
    command = (MOUNT, "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place))
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"no small file system can be mounted: {made.stderr.strip()}")
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run((UMOUNT, "--lazy", str(place)), check=True)
