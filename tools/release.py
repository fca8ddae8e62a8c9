"""What is released, made so that others can make it again: `python -m tools.release`.

Into `dist/` go the wheel, its bill of materials (CycloneDX 1.6 in JSON: what
`requirements.lock` pins, each with its hashes) and `SHA256SUMS`. Both are made twice,
apart from each other; where one byte differs, this ends with 1 and keeps nothing.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
BILL = "waybill.cdx.json"
SUMS = "SHA256SUMS"

#: The module's own words go to nobody: that a lock has no graph of dependencies.
_QUIET = "ignore::UserWarning"


def run(*command: str, **environment: str) -> str:
    """Run a command of this file's in the checkout, and return what it printed."""
    return subprocess.run(  # noqa: S603 (what it runs stands below)
        command,
        cwd=ROOT,
        env=os.environ | environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def make(folder: Path) -> dict[str, bytes]:
    """Make everything in a folder, and return it by name."""
    # The commit's moment is the time of all that is made of it.
    moment = run("git", "log", "-1", "--format=%ct").strip()
    wheel = ("pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps")
    build = (*wheel, "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    run(sys.executable, "-m", *build, SOURCE_DATE_EPOCH=moment)
    bill = ("cyclonedx_py", "requirements", "requirements.lock", "--validate")
    about = ("--pyproject", "pyproject.toml", "--output-reproducible")
    into = ("--sv", "1.6", "--of", "JSON", "-o", str(folder / BILL))
    python = (sys.executable, "-W", _QUIET, "-m")
    run(*python, *bill, *about, *into, SOURCE_DATE_EPOCH=moment)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def made_twice() -> tuple[dict[str, bytes], list[str]]:
    """Make it in two folders; return the first, and the names of what differs."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        first, second = make(Path(one)), make(Path(two))
    names = sorted({*first, *second})
    return first, [name for name in names if first.get(name) != second.get(name)]


def main() -> int:
    """Make the release, or say what of it cannot be made again."""
    made, differing = made_twice()
    if differing:
        print(f"made twice, these differ: {', '.join(differing)}", file=sys.stderr)  # noqa: T201 (its purpose)
        return 1
    DIST.mkdir(exist_ok=True)
    sums = [f"{hashlib.sha256(made[name]).hexdigest()}  {name}" for name in made]
    for name, content in (made | {SUMS: ("\n".join(sums) + "\n").encode()}).items():
        (DIST / name).write_bytes(content)
    print("\n".join(sums))  # noqa: T201 (its purpose)
    return 0


if __name__ == "__main__":
    sys.exit(main())
