"""Redis, started with our file, keeps what it is given or refuses it."""

from pathlib import Path

import pytest

from tests.deploy.files import ROOT
from tests.redis_servers import binaries, running

CONF = ROOT / "deploy" / "redis.conf"


@pytest.mark.parametrize("binary", binaries().values(), ids=binaries())
def test_redis_takes_the_file_and_does_not_evict(binary: str, tmp_path: Path) -> None:
    conf = tmp_path / "redis.conf"
    text = CONF.read_text("utf-8")
    assert "\ndir /data\n" in text
    conf.write_text(text.replace("dir /data", f"dir {tmp_path}"), "utf-8")

    with running(binary, "--include", str(conf)) as server, server.client() as client:
        found = client.config_get("*")

    assert (found["appendonly"], found["appendfsync"]) == ("yes", "everysec")
    assert found["maxmemory-policy"] == "noeviction"
    assert int(found["maxmemory"]) == 512 * 1024 * 1024
