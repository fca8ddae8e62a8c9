"""What the page shows in other languages states the same as the product does."""

import base64
import json
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from serializers.signatures.sign import hub_signature, webhook_signature
from tests.docs.foreign_code import LANGUAGES, PAGE, Language
from tests.docs.pages import blocks, text
from tests.docs.test_notifications import SECRET, body, headers
from tests.partners.example_receiver import PATH as RECEIVER
from tests.waybill.terminal import Terminal

NOW = 1_795_229_562
ENCODED = "whsec_" + base64.b64encode(bytes(range(200, 232))).decode()
EVENT = "H67AKWM0CX2EHT8WEJRXJ7MDDT-2-3"
BYTES = '{"eventId":"é\N{SNOWMAN}", "n":1.50}\n'.encode()

every_language = pytest.mark.parametrize(
    "language", LANGUAGES, ids=lambda language: language.fence
)

Case = tuple[str | bytes, ...]


def ours(secret: str, signature: str, **otherwise: str | bytes) -> Case:
    arguments: dict[str, str | bytes] = {"id": EVENT, "sent": str(NOW), "now": str(NOW)}
    arguments |= {"body": BYTES, **otherwise}
    return (
        "ours",
        secret,
        arguments["id"],
        arguments["sent"],
        signature,
        arguments["body"],
        arguments["now"],
    )


def cases() -> list[tuple[bool, Case]]:
    """What has to be documented, and of what."""
    plain = webhook_signature([SECRET], EVENT, NOW, BYTES)
    both = webhook_signature(["clé-ütf8", ENCODED, SECRET], EVENT, NOW, BYTES)
    hub = hub_signature(SECRET, EVENT)
    return [
        (True, ours(SECRET, plain)),
        *((True, ours(one, both)) for one in (SECRET, ENCODED, "clé-ütf8")),
        (True, ours(SECRET, plain, now=str(NOW + 300))),
        (True, ours(SECRET, plain, now=str(NOW - 300))),
        (False, ours(SECRET, plain, now=str(NOW + 301))),
        (False, ours(SECRET, plain, now=str(NOW - 301))),
        (False, ours("another", both)),
        (False, ours(SECRET, plain, body=BYTES[:-1])),
        (False, ours(SECRET, plain, id="X")),
        (False, ours(SECRET, plain, sent=str(NOW + 1))),
        (False, ours(SECRET, plain, sent="")),
        (False, ours(SECRET, plain, sent=f" {NOW}")),
        (False, ours(SECRET, plain, sent="9" * 30)),
        (False, ours(SECRET, "")),
        (False, ours(SECRET, "v1,")),
        (False, ours(SECRET, plain.removeprefix("v1,"))),
        (True, ("ingrams", SECRET, hub, EVENT)),
        (True, ("ingrams", ENCODED, hub_signature(ENCODED, EVENT), EVENT)),
        (False, ("ingrams", SECRET, hub, "X")),
        (False, ("ingrams", "another", hub, EVENT)),
        (False, ("ingrams", SECRET, "", EVENT)),
    ]


@every_language
def test_another_language_judges_as_it_should(
    language: Language, tmp_path: Path
) -> None:
    if language.missing:
        pytest.skip(language.missing)

    answers = language.answers(tmp_path, [case for _, case in cases()])

    assert answers == [right for right, _ in cases()]


@every_language
def test_another_language_verifies_the_pages_notification(
    language: Language, tmp_path: Path
) -> None:
    if language.missing:
        pytest.skip(language.missing)
    given = headers()
    sent, signature = given["webhook-timestamp"], given["webhook-signature"]
    event_id = given["webhook-id"]

    answers = language.answers(
        tmp_path,
        [
            ("ours", SECRET, event_id, sent, signature, body(), sent),
            ("ingrams", SECRET, given["x-hub-signature"], event_id),
        ],
    )

    assert answers == [True, True]


def test_pythons_code_judges_as_it_should() -> None:
    names: dict[str, object] = {}
    exec(blocks(PAGE, "python")[0], names)  # noqa: S102 (the page's own code is what is tested)

    def judged(kind: str | bytes, *arguments: str | bytes) -> object:
        if kind == "ingrams":
            return names["is_ingrams"](*arguments)  # type: ignore[operator] # the page's
        secret, id_, sent, given, content, now = arguments
        reported = {
            "webhook-id": id_,
            "webhook-timestamp": sent,
            "webhook-signature": given,
        }
        return names["is_ours"](secret, reported, content, float(now))  # type: ignore[operator] # the page's

    assert [judged(*case) for _, case in cases()] == [right for right, _ in cases()]


def test_by_hand_the_two_signatures_come_out() -> None:
    given = headers()
    environ = {
        "PATH": "/usr/bin:/bin",
        "SECRET": SECRET,
        "WEBHOOK_ID": given["webhook-id"],
        "WEBHOOK_TIMESTAMP": given["webhook-timestamp"],
    }

    made = by_hand(environ)

    assert made == [given["x-hub-signature"], given["webhook-signature"][3:]]


def test_the_pages_command_states_that_the_pages_notification_is_valid(
    tmp_path: Path,
) -> None:
    head = "\n".join(f"{name}: {arguments}" for name, arguments in headers().items())
    (tmp_path / "head.txt").write_text(head)
    (tmp_path / "body.json").write_bytes(body())
    (tmp_path / "acme.secret").write_text(SECRET)
    _, *given = blocks(PAGE, "sh")[0].split()
    files = {word: str(tmp_path / word) for word in given if "." in word}

    result = Terminal({})(*(files.get(word, word) for word in given))

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("\nvalid\n")


def by_hand(environ: Mapping[str, str]) -> list[str]:
    code = blocks(PAGE, "bash")[0].replace("cat body.json", "cat")
    return [
        subprocess.run(
            ["/bin/sh", "-c", line],
            input=body(),
            env=environ,
            capture_output=True,
            check=True,
        )
        .stdout.decode()
        .strip()
        for line in code.splitlines()
    ]


@pytest.mark.parametrize("secret", [SECRET, ENCODED])
def test_the_standards_package_takes_secrets_as_the_page_states(secret: str) -> None:
    encoded = secret.startswith("whsec_")
    package = Webhook(secret if encoded else base64.b64encode(secret.encode()).decode())
    content, now = json.dumps({"eventId": EVENT}), int(time.time())

    signature = webhook_signature([secret], EVENT, now, content.encode())

    assert package.verify(
        content,
        {
            "webhook-id": EVENT,
            "webhook-timestamp": str(now),
            "webhook-signature": signature,
        },
    )


def test_the_pages_python_is_that_of_the_example_receiver() -> None:
    example = RECEIVER.read_text("utf-8")

    functions = [part.strip() for part in blocks(PAGE, "python")[0].split("\n\n\n")[1:]]

    assert len(functions) == 3
    assert [one for one in functions if one not in example] == []


def test_the_page_names_every_slip_that_verify_may_report() -> None:
    folder = Path(__file__).parents[2] / "serializers" / "signatures"
    source = "".join(file.read_text("utf-8") for file in sorted(folder.glob("*.py")))
    codes = {
        word.split('"')[1]
        for word in source.replace("(\n    ", "(").split("Reason(")[1:]
        if word.startswith('"')
    }

    assert len(codes) >= 17
    assert [code for code in codes if f"`{code}`" not in text(PAGE)] == []
