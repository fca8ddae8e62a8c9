"""Installs what a rival needs into `.rivals`, from locks that name every hash."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from benchmarks import redis_server
from benchmarks.rivals.roster import NODE, PLACE, Rival, Store

SOURCES = Path(__file__).parent
#: Where Debian keeps the servers, one folder per major version.
POSTGRESQL = Path("/usr/lib/postgresql")
#: `restate-server`, as the npm package of the platform brings it.
RESTATE = "node_modules/@restatedev/restate-server-*/bin/restate-server"
#: Seconds that an installation may take.
PATIENCE = 900.0


class NotInstalled(Exception):
    """A rival cannot be had here; the message is the reason."""


def install(rival: Rival, progress: Callable[[str], None]) -> None:
    """Bring all that a rival needs, where it is not there already.

    Raises:
        NotInstalled: something cannot be had; the message is the reason.
    """
    for need in rival.needs:
        if need == "node":
            _node_packages(progress)
        else:
            _python_environment(need, progress)
    if rival.store is Store.POSTGRESQL:
        postgresql("postgres", progress)
    if rival.store is Store.RESTATE:
        restate_server()


def postgresql(program: str, progress: Callable[[str], None] = print) -> Path:
    """One of PostgreSQL's programs; Debian's package, where root may install it.

    Raises:
        NotInstalled: there is no such program.
    """
    if found := _newest(program):
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        progress("installing Debian's postgresql …")
        _run(["apt-get", "update", "--quiet"], PLACE.parent)
        _run(["apt-get", "install", "--yes", "--quiet", "postgresql"], PLACE.parent)
    if found := _newest(program):
        return found
    raise NotInstalled("no PostgreSQL server; `apt-get install postgresql` brings one")


def restate_server() -> Path:
    """The server's binary.

    Raises:
        NotInstalled: npm has none for this platform.
    """
    if found := sorted(NODE.glob(RESTATE)):
        return found[0]
    raise NotInstalled("npm has no restate-server for this platform")


def versions(rival: Rival) -> str:
    """What is measured, with the version of each part."""
    if not rival.needs:
        parts = [f"{name} {version(name)}" for name in rival.versions]
        return ", ".join([*parts, f"Redis {_redis()}"])
    found = locked_versions(rival)
    parts = [f"{name} {found[name]}" for name in rival.versions]
    if "node" in rival.needs and rival.store is not Store.RESTATE:
        parts.append(f"Node {_printed(['node', '--version']).removeprefix('v')}")
    if rival.store is Store.REDIS:
        parts.append(f"Redis {_redis()}")
    if rival.store is Store.POSTGRESQL:
        printed = _printed([str(postgresql("postgres")), "--version"])
        parts.append(f"PostgreSQL {printed.split()[2]}")
    return ", ".join(parts)


def locked_versions(rival: Rival) -> dict[str, str]:
    """The version of each package that the locks of a rival name."""
    lock = json.loads((SOURCES / "node" / "package-lock.json").read_text())
    found = {
        path.removeprefix("node_modules/"): package["version"]
        for path, package in lock["packages"].items()
        if path.startswith("node_modules/")
    }
    for need in rival.needs:
        pins = SOURCES / need / "requirements.txt"
        if pins.exists():
            found |= re.findall(r"(?m)^([\w.-]+)==([\w.]+)", pins.read_text())
    return found


def _newest(program: str) -> Path | None:
    found = [*POSTGRESQL.glob(f"*/bin/{program}")]
    if found:
        return max(found, key=lambda path: float(path.parts[-3]))
    on_path = shutil.which(program)
    return Path(on_path) if on_path else None


def _python_environment(name: str, progress: Callable[[str], None]) -> None:
    """An environment of its own, made anew when its lock has changed."""
    lock = SOURCES / name / "requirements.txt"
    folder = PLACE / name
    if _is_made(folder, lock):
        return
    progress(f"installing {name} into {folder.relative_to(PLACE.parent)} …")
    python = str(folder / "bin" / "python")
    quiet = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
    _run([sys.executable, "-m", "venv", "--clear", str(folder)], PLACE.parent)
    _run([python, "-m", "pip", "install", *quiet, "-r", str(lock)], PLACE.parent)
    _mark(folder, lock)


def _node_packages(progress: Callable[[str], None]) -> None:
    if not (shutil.which("node") and shutil.which("npm")):
        raise NotInstalled("no Node with npm on PATH")
    lock = SOURCES / "node" / "package-lock.json"
    NODE.mkdir(parents=True, exist_ok=True)
    # Node looks for packages beside the program: it runs where they are.
    for file in (SOURCES / "node").iterdir():
        shutil.copy(file, NODE)
    if _is_made(NODE, lock):
        return
    progress(f"installing npm's packages into {NODE.relative_to(PLACE.parent)} …")
    # Without scripts: one of them would report the installation to its maker.
    _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], NODE)
    _mark(NODE, lock)


def _is_made(folder: Path, lock: Path) -> bool:
    stamp = folder / ".locked"
    return stamp.exists() and stamp.read_text() == _digest(lock)


def _mark(folder: Path, lock: Path) -> None:
    (folder / ".locked").write_text(_digest(lock))


def _digest(lock: Path) -> str:
    return sha256(lock.read_bytes()).hexdigest()


def _run(command: Sequence[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(f"`{command[0]}` did not end: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
        raise NotInstalled(f"`{' '.join(command[:4])}` failed: {said[-1]}")


def _printed(command: Sequence[str]) -> str:
    return subprocess.run(
        command, capture_output=True, text=True, check=True
    ).stdout.strip()


def _redis() -> str:
    return ".".join(map(str, redis_server.version(redis_server.executable())))
