"""Signatures: Ingram's rule by vectors, Standard Webhooks by its own package."""

import base64
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from serializers.signatures.sign import hub_signature, webhook_signature

VECTORS = [
    (
        "N01CIB9VVFYKR9J6ZW",
        "test-secret",
        (
            "rpThdKKje4+oJUaWj7cxoJWuMZMBkRG9RupuVRegCnk/tjgP8BV5WY5eKOCNFUZllVdKC1Ri9n/"
            "54HwsiMQ/CQ=="
        ),
    ),
    (
        "AH7ESSIWSIO22Y77DD",
        "test-secret",
        (
            "y+eGqHfEmyiS+Nvbh3Pn+OV3jsdLbaouO7JBYdBTmK+6f207m7esGLjrIMKxeyMepyr2bFdVQ9ay"
            "MkmL7PvzLQ=="
        ),
    ),
    (
        "NYNNHS5UMGAK0X3L4E",
        "test-secret",
        (
            "QXYo1L78WT1gV/2OnXmCg6PEZn5/hPD6Ruu038mhAEwu3YWJzUVfOQtuVG3aJHpg3lLwbpIQx7cx"
            "3a06g0ZH4A=="
        ),
    ),
    (
        "N01CIB9VVFYKR9J6ZW",
        "clé-ütf8",
        (
            "xOznBG6B5MHlohrecFF9+ZYA7k/QBHoI1TqJVbVQ/yeSFP2hrqTeaSKwOasinvDWRmrYACWbD5Ln"
            "MIuM9yC04w=="
        ),
    ),
    (
        "",
        "test-secret",
        (
            "wICP91NvXx2q1KXvRFK5x4BLROop5QkQbqOSz9p5gPRU1bPRiP4rhh8iu/ekeEPA3KFD6mQxEEpG"
            "qGrCyqDQhg=="
        ),
    ),
]
BODY = '{"eventId":"M-1","note":"é"}'.encode()
KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.mark.parametrize(("event_id", "secret", "signature"), VECTORS)
def test_ingrams_signature_is_hmac_sha512_of_the_event_id(
    event_id: str, secret: str, signature: str
) -> None:
    assert hub_signature(secret, event_id) == signature
    assert hub_signature(secret, event_id, "hex") == (base64.b64decode(signature).hex())


def test_another_encoding_is_refused() -> None:
    with pytest.raises(ValueError, match="base64 or hex"):
        hub_signature("test-secret", "M-1", "base32")


@pytest.mark.parametrize("secret", [f"whsec_{KEY}", bytes(range(97, 123)).decode()])
def test_a_webhook_signature_is_what_the_standards_package_makes(secret: str) -> None:
    at = datetime(2024, 9, 2, 15, 17, tzinfo=UTC)
    plain = base64.b64encode(secret.encode()).decode()
    theirs = Webhook(secret if secret.startswith("whsec_") else plain)

    ours = webhook_signature([secret], "M-1", int(at.timestamp()), BODY)

    assert ours == theirs.sign("M-1", at, BODY.decode())


def test_old_and_new_receivers_both_accept_during_a_rotation() -> None:
    old, new = f"whsec_{KEY}", "whsec_" + base64.b64encode(b"n" * 24).decode()
    now = int(time.time())

    signature = webhook_signature([new, old], "M-1", now, BODY)

    headers = {
        "webhook-id": "M-1",
        "webhook-timestamp": str(now),
        "webhook-signature": signature,
    }
    for secret in (old, new):
        assert Webhook(secret).verify(BODY.decode(), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + base64.b64encode(b"x" * 24).decode()).verify(
            BODY.decode(), headers
        )


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_one_changed_byte_of_the_body_makes_another_signature(
    place: int, change: int
) -> None:
    changed = bytearray(BODY)
    changed[place] ^= change

    signature = webhook_signature(["secret"], "M-1", 7, BODY)

    assert webhook_signature(["secret"], "M-1", 7, bytes(changed)) != signature


def test_another_id_time_or_secret_makes_another_signature() -> None:
    signatures = {
        webhook_signature(["secret"], "M-1", 7, BODY),
        webhook_signature(["secret"], "M-2", 7, BODY),
        webhook_signature(["secret"], "M-1", 8, BODY),
        webhook_signature(["Secret"], "M-1", 7, BODY),
    }

    assert len(signatures) == 4


def test_a_secret_that_only_looks_encoded_is_refused_without_being_shown() -> None:
    with pytest.raises(ValueError, match="must be base64") as refused:
        webhook_signature(["whsec_not base64!"], "M-1", 7, BODY)

    assert "not base64!" not in str(refused.value)
