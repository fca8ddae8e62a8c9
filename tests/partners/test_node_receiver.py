"""A receiver in Node, with the code of the documentation, takes what we send."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from serializers.ingram import encode
from tests.docs.pages import blocks
from tests.partners.receivers import Make, endpoint, refusal
from workers.partners.ingram.endpoint import Secret

SECRET = "clé-ütf8"
_SERVER = """
const http = require("node:http");
const secret = process.env.SECRET;
const server = http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
    const { headers } = request;
    const body = Buffer.concat(chunks);
    const { eventId } = JSON.parse(body);
    const right = isOurs(secret, headers, body)
      && isIngrams(secret, headers["x-hub-signature"], eventId);
    response.writeHead(right ? 204 : 401).end();
  });
}).listen(0, "127.0.0.1", () => console.log(server.address().port));
"""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine; install Node.js 18")
    (tmp_path / "receiver.cjs").write_text(
        blocks("docs/notifications.md", "javascript")[0] + _SERVER
    )
    with subprocess.Popen(
        [node, "receiver.cjs"],
        cwd=tmp_path,
        env={"SECRET": SECRET},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/hooks"
        finally:
            process.kill()


@pytest.mark.parametrize("spelling", encode.SPELLINGS)
def test_another_runtime_verifies_what_the_product_sends(
    url: str, make: Make, spelling: str
) -> None:
    line = encode.NotificationLine("10", "", "IM::shipped", "é", "", "2.50", "", "")
    reported = encode.Resource("im::order_shipped", "SO-\N{SNOWMAN}", "", "", (line,))
    body = encode.encode(encode.Notification("EV1", "", (reported,)), spelling)

    status = make(endpoint(url, SECRET)).send("acme", "EV1", body, 1)

    assert status == 204


def test_another_runtime_refuses_another_secret(url: str, make: Make) -> None:
    assert refusal(make(endpoint(url, Secret("another")))).code == "http_401"
