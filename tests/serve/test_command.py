"""`waybill serve` as a process: the page's whole round, and its end."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import redis
import requests

from tests.docs.pages import blocks
from tests.http.test_tls import make_certificate
from tests.redis_servers import RedisServer
from tests.serve.conftest import tokens
from tests.waybill.terminal import Terminal, ledger_of

WAYBILL = Path(sys.executable).with_name("waybill")


@contextmanager
def serving(
    environ: Mapping[str, str], *args: str, log: Path | None = None
) -> Iterator[tuple[str, str]]:
    """Run the command; where it listens, and the token that it was given."""
    made = subprocess.run(
        [WAYBILL, "serve", "token", "erp"], capture_output=True, text=True, check=True
    )
    setting = made.stderr.strip().partition("=")[2].strip("'")
    variables = {**os.environ, **environ, "WAYBILL_HTTP__TOKENS": setting}
    place = log or Path(os.devnull)
    with (
        place.open("wb") as lines,
        subprocess.Popen(
            [WAYBILL, "serve", "--port", "0", *args],
            env=variables,
            stdout=subprocess.PIPE,
            stderr=lines,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        first = process.stdout.readline()
        found = re.fullmatch(r"waybill serve listening on (https?://\S+)\n", first)
        assert found, first
        try:
            yield found[1], made.stdout.strip()
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) in {0, -signal.SIGTERM}


def test_the_round_of_the_page_is_made_with_its_own_commands(
    redis_server: RedisServer, redis: redis.Redis, waybill: Terminal, tmp_path: Path
) -> None:
    ledger_of(redis, waybill.environ)
    redis.config_set("appendonly", "yes")
    (event,) = (b for b in blocks("README.md", "json") if "erp-2026-000017" in b)
    (tmp_path / "event.json").write_text(event)
    (script,) = (b for b in blocks("docs/http.md", "sh") if "/v1/orders" in b)
    posted, asked, *_ = re.split(r"\n(?=curl)", script.strip())
    with serving({"WAYBILL_REDIS_URL": redis_server.url}) as (url, token):
        for command, status in ((posted, "202"), (asked, "404")):
            here = command.replace("localhost:8080", url)
            run = subprocess.run(
                ["/bin/sh", "-c", f"{here} -w ' %{{http_code}}'"],
                cwd=tmp_path,
                env={**os.environ, "TOKEN": token},
                capture_output=True,
                text=True,
                check=False,
            )
            answer, _, code = run.stdout.rpartition(" ")
            assert (code, bool(json.loads(answer))) == (status, True), run.stderr


def test_it_serves_https_with_a_certificate(
    redis_server: RedisServer, redis: redis.Redis, tmp_path: Path
) -> None:
    redis.config_set("appendonly", "yes")
    certificate = make_certificate(tmp_path, "IP:127.0.0.1")
    environ = {"WAYBILL_REDIS_URL": redis_server.url}
    both = ("--certificate", str(certificate), "--key", str(certificate))
    with serving(environ, *both) as (url, _):
        assert url.startswith("https://")
        answer = requests.get(f"{url}/live", verify=str(certificate), timeout=30)

    assert answer.json() == {"ok": True, "problems": {}}


def test_a_redis_that_forgets_is_not_served(
    redis_server: RedisServer, redis: redis.Redis
) -> None:
    waybill = Terminal({"WAYBILL_REDIS_URL": redis_server.url})
    redis.config_set("appendonly", "no")

    result = waybill("serve", "--port", "0", WAYBILL_HTTP__TOKENS=tokens())

    assert result.exit_code == 1
    assert "appendonly" in result.stderr


def test_a_port_that_is_taken_is_named(
    redis_server: RedisServer, redis: redis.Redis
) -> None:
    waybill = Terminal({"WAYBILL_REDIS_URL": redis_server.url})
    redis.config_set("appendonly", "yes")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        result = waybill("serve", "--port", port, WAYBILL_HTTP__TOKENS=tokens())

    assert result.exit_code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in result.stderr


def test_a_log_line_names_the_token_and_no_line_holds_it(
    redis_server: RedisServer, redis: redis.Redis, tmp_path: Path
) -> None:
    redis.config_set("appendonly", "yes")
    environ, log = {"WAYBILL_REDIS_URL": redis_server.url}, tmp_path / "log"
    with serving(environ, log=log) as (url, token):
        for given in (token, "wbt_of_a_stranger"):
            headers = {"Authorization": f"Bearer {given}"}
            requests.get(f"{url}/v1/orders/SO-1", headers=headers, timeout=30)

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    shown = [(one["status"], one["by"]) for one in lines if one["event"] == "request"]
    assert shown == [(404, "erp"), (401, None)]
    assert not [one for one in (token, "stranger") if one in log.read_text()]
