"""What an endpoint's settings may hold, and what they may not."""

import pytest

from tests.settings.environments import names, problems, with_endpoint
from workers.partners.ingram.settings import Ingram
from workers.settings.settings import Settings

INGRAM = {"WAYBILL_INGRAM__CLIENT_ID": "i", "WAYBILL_INGRAM__CLIENT_SECRET": "s"}


def test_an_endpoint_may_state_all_of_this() -> None:
    fields = {
        "headers": {"Authorization": "Bearer x", "X-Api-Key": "y"},
        "client_certificate": "/run/secrets/acme.pem",
        "client_key": "/run/secrets/acme.key",
        "authority": "/run/secrets/acme-authority.pem",
        "answers": {"404": "again", "3xx": "again", "4xx": "give_up"},
        "after_dead_letter": "hold",
        "max_leased": 4,
        "rate": 60,
        "retry_pauses": [0, 2.5],
    }

    assert problems(with_endpoint(**fields)) == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"headers": {"": "x"}},
        {"headers": {"X Key": "x"}},
        {"headers": {"X-Key\r\nX-Evil": "x"}},
        {"headers": {"X-Key": "a\r\nX-Evil: b"}},
        {"headers": {"X-Key": "a\0"}},
        {"headers": {"X-Key": "ключ"}},
        {"headers": {"X-Key": " blank "}},
        {"headers": {"x-key": "a", "X-Key": "b"}},
        {"headers": {"Content-Length": "1"}},
        {"headers": {"Transfer-Encoding": "chunked"}},
        {"headers": {"X-Hub-Signature": "x"}},
        {"headers": {"Webhook-Id": "x"}},
        {"headers": {"Waybill-Try": "1"}},
        {"headers": {"Host": "elsewhere.example"}},
        {"headers": {f"X-{n}": "x" for n in range(17)}},
        {"client_key": "/run/secrets/acme.key"},
        {"answers": {"200": "again"}},
        {"answers": {"408": "give_up"}},
        {"answers": {"410": "again"}},
        {"answers": {"5xx": "give_up"}},
        {"answers": {"40": "again"}},
        {"answers": {"404": "disable"}},
        {"after_dead_letter": "stop"},
        {"retry_pauses": [-1]},
        {"retry_pauses": 5},
        {"retry_pauses": ["soon"]},
    ],
)
def test_an_endpoint_that_would_break_the_contract_is_refused(
    fields: dict[str, object],
) -> None:
    assert set(names(with_endpoint(**fields))) == {"WAYBILL_INGRAM__ENDPOINTS"}


@pytest.mark.parametrize(
    "fields",
    [
        {"headers": {"Authorization": "Bearer x"}},
        {"client_certificate": "/run/secrets/acme.pem"},
        {"authority": "/run/secrets/authority.pem"},
    ],
)
def test_what_is_meant_for_the_receiver_is_not_given_to_the_relay(
    fields: dict[str, object],
) -> None:
    (problem,) = problems(with_endpoint(mode="relay", **fields) | INGRAM)

    assert "need mode direct: the relay would give them to Ingram" in problem


def test_no_complaint_about_a_header_holds_its_value() -> None:
    found = problems(with_endpoint(headers={"X-Key": "C4N4RY\n", "Host": "C4N4RY"}))

    assert len(found) == 2
    assert "C4N4RY" not in "".join(found)


def test_the_repr_of_settings_holds_no_headers_value() -> None:
    settings = Settings.load(with_endpoint(headers={"X-Key": "C4N4RY"}))

    assert "C4N4RY" not in repr(settings)


@pytest.mark.parametrize(("text", "seconds"), [("0", 0), ("86400", 86_400)])
def test_how_long_an_endpoint_may_fail_is_a_setting(text: str, seconds: int) -> None:
    own = with_endpoint() | {"WAYBILL_INGRAM__DISABLE_AFTER": text}

    assert Settings.load(own).of(Ingram).disable_after == seconds
    assert Settings.load(with_endpoint()).of(Ingram).disable_after == 5 * 86_400
