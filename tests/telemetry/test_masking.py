"""Canaries: a secret handed to a log by any of the usual ways does not come out."""

import io
import logging

import pytest
import structlog

from workers.telemetry import logs
from workers.telemetry.masking import masked, masked_text

CANARY = "C4N4RY"

KEYS = (
    "authorization",
    "Authorization",
    "client_secret",
    "clientSecret",
    "access_token",
    "x-hub-signature",
    "webhook-signature",
    "password",
    "secret",
    "api_key",
    "apiKey",
    "Ocp-Apim-Subscription-Key",
    "subscription_key",
    "partnerKey",
    "VerificationKey",
)

TEXTS = (
    f"Authorization: Bearer {CANARY}.x-y_z",
    f"sent bearer   {CANARY}",
    f"Basic {CANARY}==",
    f"Error connecting to redis://:{CANARY}@redis:6379/0.",
    f"rediss://user:{CANARY}%40@redis and https://{CANARY}@host/",
    f"POST /token?grant_type=x&client_secret={CANARY}&resource=y",
    f'{{"access_token": "{CANARY} {CANARY}", "expires_in": 3600}}',
    f'{{\\"access_token\\": \\"{CANARY}\\"}}',
    f"{{'Ocp-Apim-Subscription-Key': '{CANARY}'}}",
    f"<VerificationKey>{CANARY}</VerificationKey>",
    f"password = {CANARY}",
)


@pytest.mark.parametrize("fmt", ["json", "text"])
@pytest.mark.parametrize("key", KEYS)
def test_the_value_of_a_secret_key_is_not_logged(
    stream: io.StringIO, fmt: logs.Format, key: str
) -> None:
    logs.configure("info", fmt, stream)

    structlog.get_logger().info("call", **{key: CANARY}, nested=[{key: [CANARY]}])

    assert "call" in stream.getvalue()
    assert CANARY not in stream.getvalue()


@pytest.mark.parametrize("fmt", ["json", "text"])
@pytest.mark.parametrize("text", TEXTS)
def test_a_credential_inside_a_text_is_not_logged(
    stream: io.StringIO, fmt: logs.Format, text: str
) -> None:
    logs.configure("info", fmt, stream)
    logger = structlog.get_logger()

    logger.info("field", why=text, error=ConnectionError(text))
    logger.warning(text)
    logging.getLogger("kombu").error("%s", text)
    failure = ConnectionError(text)
    logger.error("ours", exc_info=failure)
    logging.getLogger("celery").error("theirs", exc_info=failure)

    assert "theirs" in stream.getvalue()
    assert CANARY not in stream.getvalue()


def test_what_is_no_secret_stays_readable() -> None:
    as_text = "Westcon answered 503 for SO-1: see https://host/path?x=1 (jane@example)"

    assert masked_text(as_text) == as_text
    assert masked_text("redis://:pw@redis:6379/0") == "redis://***@redis:6379/0"
    assert masked({"order": "SO-1", "ms": 4.5}) == {"order": "SO-1", "ms": 4.5}


def test_bytes_are_payloads_and_only_counted() -> None:
    assert masked({"body": CANARY.encode()}) == {"body": "<6 bytes>"}


def test_a_value_nested_without_end_is_cut() -> None:
    endless: list[object] = []
    endless.append(endless)

    assert "…" in str(masked(endless))


@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 100_000,
        "://" * 33_000 + "@",
        "token " * 20_000 + "=",
        "token" + " " * 100_000 + "=",
        "bearer" + " " * 100_000,
        'secret="' * 20_000,
    ],
)
@pytest.mark.timeout(30)
def test_a_long_text_is_masked_without_backtracking_for_ever(hostile: str) -> None:
    # A quadratic pattern runs into the timeout; a linear one takes milliseconds.
    as_text = masked_text(f"{hostile} client_secret={CANARY}")

    assert CANARY not in as_text
