"""The textbook pipeline does the same work, to the same contracts."""

from datetime import UTC, datetime

import pytest

from benchmarks.goals.drained import drain
from benchmarks.textbook.settings import Settings
from benchmarks.textbook.signatures import (
    hub_signature,
    link_timestamp,
    verification_key,
)


def test_the_verification_key_is_the_upper_case_sha256_of_path_stamp_and_key() -> None:
    stamp = link_timestamp(datetime(2024, 9, 2, 15, 17, 59, tzinfo=UTC))

    key = verification_key("api/omsorderlinkaccount", stamp, "sandbox-key-deck")

    assert stamp == "9/2/2024 15:17 PM"
    # printf 'api/omsorderlinkaccount9/2/2024 15:17 PMsandbox-key-deck' | sha256sum
    assert key == "F8E9AF1856E2AD6A5C777072979B61FF817DD419EC718CA6BF3CCC9BF9C7E9C6"


def test_the_hub_signature_is_the_base64_hmac_sha512_of_the_event_id() -> None:
    signature = hub_signature("receiver-secret", "EVENT0000000000000000000001")

    # printf EVENT… | openssl dgst -sha512 -hmac receiver-secret -binary | base64
    assert signature == (
        "X/zTzxJYQXm19e4YQ6vJmM5CqvIsPCHDscyLbkt9eDIP0OppNwSwVlOcGMWtvU6L"
        "gjg1T7XHtMCCTtuUTVEe+g=="
    )


def test_missing_settings_are_named_all_at_once() -> None:
    with pytest.raises(LookupError, match=r"TEXTBOOK_REDIS_URL.*TEXTBOOK_API_KEY"):
        Settings.read({})


@pytest.mark.long
@pytest.mark.processes
def test_the_textbook_pipeline_serves_each_event_with_one_call_of_each_kind() -> None:
    found = drain("textbook threads 64x2", delay_ms=0, events=40)

    calls = {kind: found.calls[kind] for kind in ("polls", "links", "notifications")}
    assert calls == {"polls": 40, "links": 40, "notifications": 40}
    assert found.seconds > 0
    assert found.worker_ms > 0
