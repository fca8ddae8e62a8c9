"""DECK's verification key, against vectors computed by hand from its rule."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from serializers.deck.timestamp import timestamp_utc, verification_key

SITE_KEY = "test-site-api-key"

LINK = "api/OmsOrderLinkAccount"
HISTORY = "api/OmsOrderHistory"


@pytest.mark.parametrize(
    ("path", "timestamp", "key"),
    [
        (
            LINK,
            "9/2/2024 00:05 AM",
            "C94BDD0746C3769ADDDBEB098843AB992FD186837016F8AC9231DC7B753F9D97",
        ),
        (
            LINK,
            "9/2/2024 09:07 AM",
            "7D9238528C8FA7DBE0F0BD1F71A3ACFA00C9572F6427AD12DD876FB2A51C5C6E",
        ),
        (
            LINK,
            "9/2/2024 12:00 PM",
            "08F7E41F1D2C1B7745E944734E23ABD070B4FD82941FA845AEF4469A26C001F4",
        ),
        (
            LINK,
            "9/2/2024 15:17 PM",
            "F7907A91DC68942AB1413B445C777831B33C106CBA22769F65460A84347FC72B",
        ),
        (
            LINK,
            "12/31/2024 23:59 PM",
            "0317F91B282BF6513CB14325685F0EEA8E6B736BA4F7F32991D6BD26E5DF8041",
        ),
        (
            HISTORY,
            "9/2/2024 00:05 AM",
            "7D1492E526D6E94CD6CC801AD766B19D07CDB77074FC83D55823D9640A5B690E",
        ),
        (
            HISTORY,
            "12/31/2024 23:59 PM",
            "545DC382AB5AD2C085E75421155D45B7F4605DF69663E95954897A668771AAF6",
        ),
    ],
)
def test_the_key_is_the_hash_of_path_time_and_api_key(
    path: str, timestamp: str, key: str
) -> None:
    assert verification_key(path, timestamp, SITE_KEY) == key
    assert verification_key(f"/{path.upper()}", timestamp, SITE_KEY) == key


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2024, 9, 2, 0, 5, tzinfo=UTC), "9/2/2024 00:05 AM"),
        (datetime(2024, 9, 2, 11, 59, 59, tzinfo=UTC), "9/2/2024 11:59 AM"),
        (datetime(2024, 9, 2, 12, 0, tzinfo=UTC), "9/2/2024 12:00 PM"),
        (datetime(2024, 12, 31, 23, 59, tzinfo=UTC), "12/31/2024 23:59 PM"),
        (
            datetime(2024, 9, 2, 1, 17, tzinfo=timezone(timedelta(hours=2))),
            "9/1/2024 23:17 PM",
        ),
    ],
)
def test_the_time_is_utc_on_a_24_hour_clock_with_am_and_pm(
    at: datetime, text: str
) -> None:
    assert timestamp_utc(at) == text


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2024, 9, 2, tzinfo=UTC).replace(tzinfo=None)

    with pytest.raises(ValueError, match="time zone"):
        timestamp_utc(naive)
