"""The image is made of files that exist, locked tools, and no root."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement

from tests.deploy.files import DOCKERFILE, ROOT, instructions, services
from workers.fields.names import variables
from workers.settings.settings import Settings


def blocks(path: Path) -> dict[str, str]:
    """A lock file's entries, hashes included, by name."""
    entries = re.split(r"\n(?=\S)", path.read_text("utf-8").strip())
    return {entry.partition("==")[0]: entry.strip() for entry in entries}


def copied() -> list[str]:
    """What the Dockerfile takes from the checkout."""
    lines = [line for line in instructions("COPY") if not line.startswith("--from")]
    return [source for line in lines for source in line.split()[:-1]]


def test_the_dockerfile_is_clean() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")

    run = subprocess.run(
        [hadolint, DOCKERFILE], capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stdout + run.stderr


def test_what_is_copied_exists_and_is_let_into_the_build() -> None:
    ignore = DOCKERFILE.with_name("Dockerfile.dockerignore").read_text("utf-8")
    let_in = {line[1:] for line in ignore.splitlines() if line.startswith("!")}

    sources = {source.rstrip("/") for source in copied()}

    assert sources == let_in
    assert all((ROOT / source).exists() for source in sources)


def test_every_package_of_the_wheel_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]

    assert {f"{package}/" for package in packages} <= set(copied())


def test_the_build_tools_are_locked_as_in_development() -> None:
    build = blocks(ROOT / "deploy" / "requirements-build.lock")
    development = blocks(ROOT / "requirements-dev.lock")

    assert build == {name: development.get(name) for name in build}


def test_the_build_tools_are_all_there() -> None:
    build = blocks(ROOT / "deploy" / "requirements-build.lock")

    asked = [Requirement(text) for name in build for text in requires(name) or ()]

    now = {r.name for r in asked if r.marker is None or r.marker.evaluate()}
    assert "hatchling" in build
    assert now <= set(build)


def test_everything_is_installed_by_hash_or_without_an_index() -> None:
    installs = [
        part
        for line in instructions("RUN")
        for part in line.split("&&")
        if " install" in part
    ]

    assert len(installs) == 3
    assert all(" --require-hashes" in i or " --no-index" in i for i in installs)


def test_no_index_is_named() -> None:
    text = DOCKERFILE.read_text("utf-8")

    assert "://" not in text
    assert "index-url" not in text


def test_the_image_does_not_run_as_root() -> None:
    (user,) = instructions("USER")

    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)


def test_nothing_at_run_time_needs_a_shell() -> None:
    (entrypoint,), (command,) = instructions("ENTRYPOINT"), instructions("CMD")
    check = instructions("HEALTHCHECK")[0]

    assert entrypoint == '["celery", "--quiet", "-A", "workers"]'
    assert command.startswith('["worker", ')
    assert 'CMD ["python", "/opt/waybill/healthcheck.py"' in check


def test_the_image_and_the_compose_file_start_the_same_worker() -> None:
    (command,) = instructions("CMD")

    assert re.findall(r'"([^"]+)"', command) == services()["worker"]["command"]


def test_every_setting_of_the_image_exists() -> None:
    known = {variable.name for variable in variables(Settings)}

    given = set(re.findall(r"\b(WAYBILL_\w+)=", " ".join(instructions("ENV"))))

    assert given == {"WAYBILL_HEALTH_HOST", "WAYBILL_HEALTH_PORT"}
    assert given <= known


def test_a_release_pins_the_bases_that_are_used_without_one() -> None:
    lines = (ROOT / "deploy" / "images.env").read_text("utf-8").splitlines()
    pinned = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    (base,) = [line for line in instructions("ARG") if line.startswith("PYTHON_IMAGE=")]
    redis = services()["redis"]["image"]

    assert pinned.keys() == {"PYTHON_IMAGE", "REDIS_IMAGE"}
    for name, used in (("PYTHON_IMAGE", base), ("REDIS_IMAGE", redis)):
        tag, at, digest = pinned[name].partition("@sha256:")
        series, variant = re.findall(r"(\w+:\d+\.\d+)(-[a-z-]+)", used)[0]
        assert re.fullmatch(rf"{re.escape(series)}\.\d+{variant}", tag), tag
        assert at, name
        assert re.fullmatch(r"[0-9a-f]{64}", digest), name


def test_every_service_builds_on_the_base_that_is_pinned() -> None:
    built = [s["build"] for s in services().values() if "build" in s]

    assert built
    assert all("PYTHON_IMAGE" in build["args"] for build in built)
