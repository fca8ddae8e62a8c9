"""`waybill verify`: from what people have of a request to why it is refused."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from serializers.signatures.request import Received
from tests.serializers.signatures.verification_samples import (
    MINE,
    NOTIFICATION,
    OTHER,
    SENT,
    sent,
)
from tests.waybill.terminal import Terminal

AT = ("--at", str(SENT + 1))
HEAD = "\n".join(f"{name}: {text}" for name, text in sent().headers.items()).encode()
OFFLINE = Terminal({"MINE": MINE, "OTHER": OTHER, "EMPTY": "", "BAD": "whsec_!"})


@pytest.fixture(name="files")
def files_of_one_request(tmp_path: Path) -> dict[str, str]:
    """Paths of the head, the body, both in one, and the secret."""
    printed = {
        "head": HEAD,
        "body": sent().body,
        "request": b"POST /hooks HTTP/1.1\r\n" + HEAD + b"\r\n\r\n" + sent().body,
        "secret": f"{MINE}\n".encode(),
    }
    for name, text in printed.items():
        (tmp_path / name).write_bytes(text)
    return {name: str(tmp_path / name) for name in printed}


def in_parts(files: dict[str, str], *more: str) -> tuple[str, ...]:
    return ("--headers", files["head"], "--body", files["body"], *AT, *more)


def test_a_valid_request_is_reported_with_the_secret_that_signed_it(
    files: dict[str, str],
) -> None:
    result = OFFLINE("verify", *in_parts(files, "--secret-file", files["secret"]))

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "event H67AKWM0CX2EHT8WEJRXJ7MDDT",
        "x-hub-signature valid: made with secret 1 of 1",
        "webhook-signature valid: made with secret 1 of 1",
        "valid",
    ]


def test_what_is_not_valid_is_reported_with_why(files: dict[str, str]) -> None:
    Path(files["body"]).write_bytes(sent().body + b"\n")

    result = OFFLINE("verify", *in_parts(files, "--secret-env", "MINE"))

    assert result.exit_code == 1
    assert "webhook-signature not valid: made with secret 1 of 1" in result.stdout
    assert "\n  trailing_newline: the body was signed with" in result.stdout
    assert result.stdout.endswith("\nnot valid\n")


def test_a_whole_request_may_come_from_standard_input(files: dict[str, str]) -> None:
    request = Path(files["request"]).read_bytes()
    call = ("verify", "--request", "-", "--secret-env", "MINE", *AT)

    assert OFFLINE(*call, stdin=request).exit_code == 0
    assert OFFLINE(*call, stdin=request.replace(b"\r\n", b"\n")).exit_code == 0
    assert OFFLINE(*call, stdin=request + b"\n").exit_code == 1


def test_json_states_the_same_with_codes(files: dict[str, str]) -> None:
    given = in_parts(files, "--secret-env", "OTHER", "--other-secret-env", "MINE")

    printed = OFFLINE.json("verify", *given)

    assert (printed["valid"], printed["event_id"]) == (
        False,
        "H67AKWM0CX2EHT8WEJRXJ7MDDT",
    )
    assert [
        (one["header"], one["valid"], [reason["code"] for reason in one["reasons"]])
        for one in printed["findings"]
    ] == [
        ("x-hub-signature", False, ["other_secret"]),
        ("webhook-signature", False, ["other_secret"]),
    ]


def shown(received: Received, spelled: str) -> bytes:
    headers: dict[str, Any] = dict(received.headers)
    match spelled:
        case "json":
            return json.dumps(
                {name.title(): text for name, text in headers.items()}
            ).encode()
        case "json with lists":
            return json.dumps({name: [text] for name, text in headers.items()}).encode()
        case "curl":
            lines = [f"> {name}: {text}" for name, text in headers.items()]
            printed = [
                "* Trying 127.0.0.1:80...",
                "* x: y",
                "> POST /x HTTP/1.1",
                *lines,
            ]
            after = [">", "} [9 bytes data]", "< HTTP/1.1 401 X", "< webhook-id: no"]
            return "\r\n".join([*printed, *after]).encode()
        case "HTTP/2":
            own = {":method": "POST", ":authority": "a.example", **headers}
            return "\n".join(f"{name}: {text}" for name, text in own.items()).encode()
        case _:
            cgi = {n.upper().replace("-", "_"): text for n, text in headers.items()}
            return "\n".join(f"HTTP_{n}: {text}" for n, text in cgi.items()).encode()


@pytest.mark.parametrize(
    "spelled", ["json", "json with lists", "curl", "cgi", "HTTP/2"]
)
def test_headers_are_read_as_people_have_them(
    files: dict[str, str], spelled: str
) -> None:
    Path(files["head"]).write_bytes(shown(sent(), spelled))

    result = OFFLINE("verify", *in_parts(files, "--secret-env", "MINE"))

    assert result.exit_code == 0, result.output


def test_a_header_that_is_null_is_not_there(files: dict[str, str]) -> None:
    without = {**sent().headers, "x-hub-signature": None}
    Path(files["head"]).write_text(json.dumps(without))

    result = OFFLINE("verify", *in_parts(files, "--secret-env", "MINE"))

    assert "x-hub-signature is not there" in result.stdout
    assert result.exit_code == 0


def test_one_header_may_be_given_or_replaced_by_hand(files: dict[str, str]) -> None:
    singly = [word for line in HEAD.decode().splitlines() for word in ("-H", line)]
    by_hand = ("verify", *singly, "--body", files["body"], "--secret-env", "MINE", *AT)

    right = OFFLINE(*by_hand)
    replaced = OFFLINE(
        "verify", *in_parts(files, "--secret-env", "MINE", "-H", "Webhook-Id: X")
    )

    assert right.exit_code == 0, right.output
    assert "webhook-id is not what was signed" in replaced.stdout


def test_an_old_request_is_shown_how_to_be_judged(files: dict[str, str]) -> None:
    old = ("verify", "--request", files["request"], "--secret-env", "MINE")

    now, then = OFFLINE(*old), OFFLINE(*old, "--at", "2026-11-21T02:52:42Z")

    assert now.exit_code == 1
    assert "--at gives the moment at which it arrived" in now.stdout
    assert then.exit_code == 0, then.output


def test_an_endpoints_secrets_are_those_live_at_that_moment(
    waybill: Terminal, files: dict[str, str]
) -> None:
    ended = {"value": MINE, "until": "2026-11-21T00:00:00Z"}
    endpoint = {
        "target_url": "https://acme.example/hooks",
        "secrets": [ended, OTHER],
        "hub_encoding": "hex",
    }

    printed = waybill.json(
        "verify",
        *in_parts(files, "--endpoint", "acme"),
        WAYBILL_INGRAM__ENDPOINTS=json.dumps({"acme": endpoint}),
    )

    assert [
        [reason["code"] for reason in one["reasons"]] for one in printed["findings"]
    ] == [["other_secret", "base64"], ["other_secret"]]
    assert printed["findings"][0]["said"] == "made with other secret 1 of 1"


@pytest.mark.parametrize(
    ("given", "output"),
    [
        (["--secret-env", "MINE"], "give --request"),
        (["--request", "{request}"], "give --secret-file"),
        (["--request", "{request}", "--body", "{body}"], "give --request, or"),
        (["--request", "{body}", "--secret-env", "MINE"], "no empty line"),
        (["--request", "{request}", "--secret-env", "NONE"], "NONE is not set"),
        (["--request", "{request}", "--secret-env", "EMPTY"], "EMPTY is empty"),
        (["--request", "{request}", "--secret-env", "BAD"], "BAD: after whsec_"),
        (["--request", "{request}", "--at", "noon"], "must be UTC seconds"),
        (["--request", "{request}", "--secret-file", "-"], "is empty"),
        (["--request", "-", "--secret-file", "-"], "only one FILE"),
        (["--headers", "{secret}", "--body", "{body}"], "line 1 of the headers"),
        (["--request", "no-such-file"], "does not exist"),
    ],
)
def test_what_cannot_be_understood_is_bad_usage(
    files: dict[str, str], given: list[str], output: str
) -> None:
    result = OFFLINE("verify", *(word.format(**files) for word in given))

    assert (result.exit_code, result.stdout) == (2, "")
    assert output in result.stderr
    assert "whsec_!" not in result.stderr


def test_an_unknown_endpoint_is_bad_usage_with_those_there_are(
    waybill: Terminal, files: dict[str, str]
) -> None:
    result = waybill("verify", *in_parts(files, "--endpoint", "nobody"))

    assert result.exit_code == 2
    assert "no endpoint is called nobody" in result.stderr
    assert "acme" in result.stderr


def test_a_line_that_is_no_header_is_reported_by_its_number_alone(
    files: dict[str, str],
) -> None:
    Path(files["head"]).write_bytes(HEAD + b"\nmy secret is here")

    result = OFFLINE("verify", *in_parts(files, "--secret-env", "MINE"))

    assert result.exit_code == 2
    assert "line 5 of the headers is no header; write `name: text`" in result.stderr
    assert "my secret" not in result.output


@pytest.mark.parametrize(
    ("copied", "output"),
    [
        (f'"{MINE}"', "stands in quotation marks"),
        (f"\ufeff{MINE}", "begins with a byte-order mark"),
        (f"{MINE}\r", "ends with a line break"),
        (f" {MINE}", "begins or ends with a blank"),
    ],
)
def test_what_was_copied_with_a_secret_is_named_and_explains_the_refusal(
    files: dict[str, str], copied: str, output: str
) -> None:
    given = in_parts(files, "--secret-env", "COPIED", "--json")

    result = OFFLINE("verify", *given, COPIED=copied)

    assert result.exit_code == 1
    assert f"the secret of COPIED {output}" in result.stderr
    reasons = [
        reason["code"]
        for finding in json.loads(result.stdout)["findings"]
        for reason in finding["reasons"]
    ]
    assert reasons
    assert set(reasons) <= {"secret_form", "secret_blanks"}
    assert MINE not in result.output


def test_a_secrets_padding_matters_to_the_hub_signature_alone(
    files: dict[str, str],
) -> None:
    padded = "whsec_" + b64encode(b"of 22 bytes, so padded").decode()
    signed = sent(NOTIFICATION, "schema", padded)
    lines = [f"{name}: {text}" for name, text in signed.headers.items()]
    Path(files["head"]).write_text("\n".join(lines), "utf-8")
    Path(files["body"]).write_bytes(signed.body)
    given = in_parts(files, "--secret-env", "BARE")

    result = OFFLINE("verify", *given, BARE=padded.rstrip("="))

    assert padded.endswith("=")
    assert result.stderr == ""
    assert "webhook-signature valid: made with secret 1 of 1" in result.stdout
    assert "x-hub-signature not valid: made with secret 1 of 1" in result.stdout
    assert "\n  secret_padding: secret 1 of 1 ends with other = on" in result.stdout
