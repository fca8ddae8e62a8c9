import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from sandbox.control.client import SandboxControl
from sandbox.settings import SandboxSettings, settings_from_json
from tests.sandbox.caller import Caller


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "sandbox", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("sandbox listening on http://127.0.0.1:")
            yield process, line.split()[-1]
        finally:
            process.terminate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_serves_until_it_is_ordered_to_stop(number: signal.Signals) -> None:
    with running() as (process, url):
        health = SandboxControl(url).health()

        process.send_signal(number)

        assert process.wait(10) == 0
    assert health["status"] == "ok"


def test_a_process_takes_its_settings_from_the_command_line() -> None:
    given = ("--auto", "SCH,INV", "--settings", '{"deck_site_code":"OTHER"}')
    with running(*given) as (_, url):
        caller = Caller(urlsplit(url).port or 0)

        seen = [caller.status(["77"]).json() for _ in range(2)]

        caller.close()
    codes = [one["MT_OrderStatus_Response"][0]["lineStatusCode"] for one in seen]
    assert codes == ["SCH", "INV"]


def test_settings_are_read_by_field_name() -> None:
    text = '{"receiver_secrets":{"a":["x","y"]},"own_hosts":["h"],"delay":0.5}'

    settings = settings_from_json(text)

    assert settings == SandboxSettings(
        receiver_secrets={"a": ("x", "y")}, own_hosts=("h",), delay=0.5
    )


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(TypeError, match="no_such_field"):
        settings_from_json('{"no_such_field":1}')


def test_settings_do_not_show_secrets() -> None:
    assert "secret" not in repr(SandboxSettings()).lower()
