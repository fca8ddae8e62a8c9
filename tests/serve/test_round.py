"""The README's round by curl: event in, order looked up, result read."""

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import blocks
from tests.processes.site import running_site
from tests.serve.conftest import TOKENS, opened
from waybill.serve.tokens import setting

README = "README.md"

pytestmark = pytest.mark.processes


def printed() -> list[str]:
    """The commands, as the page has them."""
    (block,) = [one for one in blocks(README, "sh") if "curl" in one]
    return block.strip().splitlines()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not on this machine")
def test_the_round_is_made_as_it_is_printed(tmp_path: Path) -> None:
    post, order, by_purchase_order, results = printed()
    (tmp_path / "event.json").write_text(blocks(README, "json")[0])
    entry = setting("erp", TOKENS["erp"], ("publish", "read"))

    with running_site(tmp_path) as site:
        environ = {**site.settings, "WAYBILL_HTTP__TOKENS": entry}
        site.worker("one").started()
        with opened(environ) as door:
            caller = Curl(tmp_path, door.url)
            posted = caller.run(post)
            shown = caller.until(order, lambda answer: "order" in answer)
            listed = caller.until(by_purchase_order, lambda answer: answer["orders"])
            heard = caller.until(results, lambda answer: finished(answer["results"]))

    assert [one["order"] for one in posted["events"]] == ["SO-10042"]
    assert shown["order"] == "SO-10042"
    assert [one["order"] for one in listed["orders"]] == ["SO-10042"]
    types = [one["type"] for one in heard["results"]]
    assert {"waybill.order.linked", "waybill.order.changed"} <= set(types)
    assert {one["subject"] for one in heard["results"]} == {"SO-10042"}


def finished(results: list[dict[str, Any]]) -> bool:
    return any(one["type"] == "waybill.order.linked" for one in results) and any(
        one["type"] == "waybill.order.finished" for one in results
    )


class Curl:
    """Runs what the page has; only where `localhost:8080` leads to is the test's."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        place = url.removeprefix("http://")
        (folder / ".curlrc").write_text(f'connect-to = "localhost:8080:{place}"\n')

    def run(self, command: str) -> Any:
        environ = {"TOKEN": TOKENS["erp"], "CURL_HOME": str(self._folder)}
        done = subprocess.run(
            ["/bin/bash", "-c", command],
            env=environ | {"PATH": "/usr/bin:/bin:/usr/local/bin"},
            cwd=self._folder,
            capture_output=True,
            check=True,
        )
        return json.loads(done.stdout)

    def until(self, command: str, enough: Any) -> Any:
        """Run it until the worker has come so far."""
        ends = time.monotonic() + 60
        while True:
            answer = self.run(command)
            if enough(answer) or time.monotonic() > ends:
                return answer
            time.sleep(0.2)
