"""The page of the stand-ins: its table is the code's, and its examples work."""

import http.client
import json
import re
import shlex
from pathlib import Path

import pytest

from sandbox.control.fault_json import SAMPLES, examples, read_fault
from sandbox.http.fault import Kind
from sandbox.server import Sandbox
from sandbox.settings import settings_from_json
from tests.waybill.terminal import Terminal
from tools.docs.page import renewed
from tools.docs.sandbox_page import table

PAGE = Path(__file__).parents[2] / "docs/sandbox.md"
TEXT = PAGE.read_text("utf-8")
CURLS = re.findall(r"^curl .*?(?:'$)", TEXT, re.MULTILINE | re.DOTALL)


def test_the_table_of_faults_is_the_codes() -> None:
    assert renewed(TEXT, "faults", table()) == TEXT


def test_every_kind_of_fault_has_an_example_that_orders_it() -> None:
    assert {fault.kind for fault in SAMPLES} == set(Kind)
    for (text, _), fault in zip(examples(), SAMPLES, strict=True):
        assert read_fault(json.loads(text)) == fault


def test_help_shows_every_fault() -> None:
    shown = Terminal({})("sandbox", "--help").stdout

    for text, meaning in examples():
        assert text in shown
        assert meaning in shown


def test_the_page_has_examples() -> None:
    assert len(CURLS) > 10


@pytest.mark.parametrize("curl", CURLS)
def test_every_example_is_taken(curl: str) -> None:
    words = shlex.split(curl)
    method = words[words.index("-X") + 1] if "-X" in words else "POST"
    body = words[words.index("-d") + 1]
    (url,) = (word for word in words if word.startswith("localhost:"))
    with Sandbox().start() as sandbox:
        connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=5)
        connection.request(method, url.removeprefix("localhost:8765"), body)
        reply = connection.getresponse()
        answer = reply.read()
        connection.close()

    assert (reply.status, answer) == (200, b"{}")


def test_settings_on_the_page_are_settings() -> None:
    (text,) = re.findall(r"--settings '(.*?)'\n", TEXT)

    assert settings_from_json(text).westcon_resource
