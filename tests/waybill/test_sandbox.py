"""`waybill sandbox`: served until stopped, with the settings that point at it."""

import shlex
import signal
import subprocess
import sys
from pathlib import Path

import requests

from tests.waybill.terminal import Terminal
from workers.partners.deck.settings import Deck
from workers.partners.ingram.settings import Ingram
from workers.settings.settings import Settings

WAYBILL = str(Path(sys.executable).parent / "waybill")


def read_exports(text: str) -> dict[str, str]:
    """What a shell would export."""
    words = [shlex.split(line) for line in text.splitlines() if "export" in line]
    pairs = (assignment.partition("=") for _, assignment in words)
    return {name: value for name, _, value in pairs}


def test_env_prints_complete_settings_as_a_shell_reads_them() -> None:
    result = Terminal({})("sandbox", "--env", "--port", "9000")

    settings = Settings.load(read_exports(result.stdout))
    assert settings.of(Deck).base_url == "http://127.0.0.1:9000/deck"
    assert settings.of(Ingram).endpoints["acme"].mode == "direct"
    assert settings.of(Ingram).endpoints["globex"].mode == "relay"
    assert all(line.startswith("export ") for line in result.stdout.splitlines())


def test_env_without_a_known_port_is_bad_usage() -> None:
    assert Terminal({})("sandbox", "--env", "--port", "0").exit_code == 2


def test_it_serves_at_the_url_it_prints_until_it_is_ordered_to_stop() -> None:
    command = [WAYBILL, "sandbox", "--port", "0", "--auto", "SCH,INV"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        url = first.removeprefix("sandbox listening on ").strip()
        try:
            status = requests.get(f"{url}/_sandbox/health", timeout=5).status_code
        finally:
            process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()

    assert status == 200
    assert process.returncode == 0
    assert Settings.load(read_exports(rest)).of(Deck).base_url == f"{url}/deck"


def test_a_port_in_use_is_one_line(partners: object) -> None:
    port = getattr(partners, "port", 0)

    result = Terminal({})("sandbox", "--port", str(port))

    assert result.exit_code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in result.stderr
    assert "choose another with --port" in result.stderr


def test_a_port_that_cannot_be_is_bad_usage() -> None:
    result = Terminal({})("sandbox", "--port", "65536")

    assert result.exit_code == 2
