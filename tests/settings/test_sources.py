"""Three sources, one order of precedence, nothing read from elsewhere."""

import json
from pathlib import Path

import pytest

from tasks.planning.statuses import StatusRule
from tests.settings.environments import DECK, WESTCON, names, problems, with_endpoint
from workers.partners.deck.settings import Deck
from workers.partners.ingram.settings import Ingram
from workers.partners.westcon.settings import Westcon
from workers.settings.settings import Settings


def secrets_in(folder: Path, **files: str) -> dict[str, str]:
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return {"WAYBILL_SECRETS_DIR": str(folder)}


def toml_in(folder: Path, text: str) -> dict[str, str]:
    path = folder / "waybill.toml"
    path.write_text(text, "utf-8")
    return {"WAYBILL_CONFIG": str(path)}


def test_only_the_mapping_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYBILL_STREAM", "from:the:process")

    settings = Settings.load(DECK)

    assert settings.stream == "orders:events"


def test_the_environment_counts_before_secrets_and_secrets_before_toml(
    tmp_path: Path,
) -> None:
    environ = (
        DECK
        | {"WAYBILL_STREAM": "environment"}
        | secrets_in(tmp_path, WAYBILL_STREAM="secret", WAYBILL_GROUP="secret")
        | toml_in(tmp_path, 'stream="toml"\ngroup="toml"\ntimeline=7\n')
    )

    settings = Settings.load(environ)

    assert (settings.stream, settings.group, settings.timeline) == (
        "environment",
        "secret",
        7,
    )


def test_a_secret_may_be_named_in_either_case_and_loses_its_last_line_break(
    tmp_path: Path,
) -> None:
    environ = {k: v for k, v in DECK.items() if not k.endswith("API_KEY")}
    environ |= secrets_in(tmp_path, waybill_deck__api_key="key of deck\n")

    settings = Settings.load(environ)

    assert settings.of(Deck).api_key.get_secret_value() == "key of deck"


def test_files_that_are_not_named_like_settings_are_others_business(
    tmp_path: Path,
) -> None:
    (tmp_path / "..data").mkdir()
    environ = DECK | secrets_in(tmp_path, tls_key="x", WAYBILL_DEKC="y")

    assert names(environ) == ["WAYBILL_DEKC"]


def test_an_endpoint_is_merged_from_its_address_and_its_secrets(
    tmp_path: Path,
) -> None:
    environ = secrets_in(
        tmp_path, WAYBILL_INGRAM__ENDPOINTS='{"acme": {"secrets": ["s"]}}'
    ) | toml_in(
        tmp_path,
        '[ingram.endpoints.acme]\nmode="direct"\ntarget_url="https://h.example"\n',
    )

    endpoint = Settings.load(environ).of(Ingram).endpoints["acme"]

    assert endpoint.target_url == "https://h.example"
    assert [s.value.get_secret_value() for s in endpoint.secrets] == ["s"]


def test_lists_and_maps_are_json_in_the_environment() -> None:
    environ = WESTCON | {
        "WAYBILL_WESTCON__RETRY_PAUSES": "[1, 2.5]",
        "WAYBILL_WESTCON__STATUSES": json.dumps(
            {"SHI": {"rank": 30, "event": "im::order_shipped"}}
        ),
    }

    westcon = Settings.load(environ).of(Westcon)

    assert westcon.retry.pauses == (1.0, 2.5)
    assert westcon.status_table == {"SHI": StatusRule(30, event="im::order_shipped")}


def test_empty_text_means_not_set() -> None:
    empty = dict.fromkeys([*WESTCON, "WAYBILL_STREAM", "WAYBILL_LEASE"], "")

    settings = Settings.load(DECK | empty)

    assert not settings.of(Westcon).in_use
    assert settings.stream == "orders:events"


@pytest.mark.parametrize(
    ("environ", "complaint"),
    [
        ({"WAYBILL_CONFIG": "/nowhere.toml"}, "names a file that cannot be read"),
        ({"WAYBILL_SECRETS_DIR": "/nowhere"}, "cannot be read"),
        ({"WAYBILL_DECK__CODES": "{'1': 'done'}"}, "(character 2)"),
        ({"WAYBILL_DECK__CODES": "[" * 100_000}, "nested too deeply"),
        ({"WAYBILL_REDIS_ULR": "x"}, "did you mean WAYBILL_REDIS_URL?"),
        ({"waybill_redis_url": "x"}, "did you mean WAYBILL_REDIS_URL?"),
        (
            {"WAYBILL_INGRAM__ENDPOINTS__ACME__MODE": "direct"},
            "did you mean WAYBILL_INGRAM__ENDPOINTS?",
        ),
    ],
)
def test_a_source_that_cannot_be_read_is_reported(
    environ: dict[str, str], complaint: str
) -> None:
    (name,) = environ

    found = problems(DECK | environ)

    assert len(found) == 1
    assert found[0].startswith(f"{name} ")
    assert complaint in found[0]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[westcon\n", "not TOML: see at line 1"),
        ("laese = 60\n", "unknown key laese; did you mean lease?"),
        ('[deck]\nsitecode = "S"\n', "deck.sitecode; did you mean deck.site_code?"),
        ("westcon = 3\n", "WAYBILL_WESTCON must be an object"),
        ("[deck]\nsite_code = 3\n", "WAYBILL_DECK__SITE_CODE must be a text"),
    ],
)
def test_a_mistake_in_the_file_is_reported(
    tmp_path: Path, text: str, complaint: str
) -> None:
    found = problems(DECK | toml_in(tmp_path, text))

    if "SITE_CODE" in complaint:
        # The environment's site code stands before the file's.
        assert found == ()
        without = {k: v for k, v in DECK.items() if not k.endswith("SITE_CODE")}
        found = problems(without | toml_in(tmp_path, text))
    assert any(complaint in problem for problem in found)


def test_an_unknown_key_of_an_endpoint_is_reported_with_the_nearest() -> None:
    (problem,) = problems(with_endpoint(targeturl="x"))

    assert problem == (
        "WAYBILL_INGRAM__ENDPOINTS has an unknown key"
        " ingram.endpoints.acme.targeturl; did you mean"
        " ingram.endpoints.acme.target_url?"
    )
