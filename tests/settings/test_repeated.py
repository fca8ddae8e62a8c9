"""What stands twice is refused by name: which one counts cannot be known."""

from pathlib import Path

import pytest

from tests.settings.environments import DECK, problems, with_endpoint

ENDPOINT = (
    with_endpoint()["WAYBILL_INGRAM__ENDPOINTS"].removeprefix("{").removesuffix("}")
)
INSIDE = '"target_url": "https://h.example", "secrets"'


@pytest.mark.parametrize(
    ("variable", "text", "name"),
    [
        ("WAYBILL_INGRAM__ENDPOINTS", f"{{{ENDPOINT}, {ENDPOINT}}}", "acme"),
        (
            "WAYBILL_INGRAM__ENDPOINTS",
            f'{{"a": {{"mode": "relay", "mode": "direct", {INSIDE}: ["s"]}}}}',
            "mode",
        ),
        (
            "WAYBILL_INGRAM__ENDPOINTS",
            f'{{"a": {{{INSIDE}: [{{"value": "s", "value": "t"}}]}}}}',
            "value",
        ),
        (
            "WAYBILL_INGRAM__ENDPOINTS",
            f'{{"a": {{"headers": {{"X-A": "s", "X-A": "t"}}, {INSIDE}: ["s"]}}}}',
            "X-A",
        ),
        ("WAYBILL_DECK__CODES", '{"2": "again", "2": "give_up"}', "2"),
        (
            "WAYBILL_WESTCON__STATUSES",
            '{"SHI": {"rank": 1}, "SHI": {"rank": 2}}',
            "SHI",
        ),
    ],
)
def test_a_name_twice_in_json_is_refused(variable: str, text: str, name: str) -> None:
    (problem,) = problems(DECK | {variable: text})

    assert problem.startswith(f"{variable} names '{name}' twice")


@pytest.mark.parametrize(
    "text", ['{"2": "again", "02": "give_up"}', '{"queued": "done", "Queued": "again"}']
)
def test_one_code_of_decks_spelled_in_two_ways_is_refused(text: str) -> None:
    (problem,) = problems(DECK | {"WAYBILL_DECK__CODES": text})

    assert problem.startswith("WAYBILL_DECK__CODES names one code twice")


def test_one_secret_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("WAYBILL_DECK__API_KEY", "waybill_deck__api_key"):
        (tmp_path / name).write_text("C4N4RY", "utf-8")

    (problem,) = problems(DECK | {"WAYBILL_SECRETS_DIR": str(tmp_path)})

    assert problem == (
        "WAYBILL_DECK__API_KEY is there twice in WAYBILL_SECRETS_DIR, as"
        " WAYBILL_DECK__API_KEY and as waybill_deck__api_key: remove one of them"
    )


def test_a_secret_that_begins_and_ends_under_two_names_is_refused() -> None:
    secret = {"value": "s", "from": "2026-01-01T00:00:00Z"}

    (problem,) = problems(
        with_endpoint(secrets=[secret | {"valid_from": "2027-01-01T00:00:00Z"}])
    )

    assert "unknown key ingram.endpoints.acme.secrets.0.valid_from" in problem


@pytest.mark.parametrize("name", ["Acme", "ACME"])
def test_names_of_endpoints_are_lower_case_so_that_no_two_differ_by_it(
    name: str,
) -> None:
    other = ENDPOINT.replace("acme", name, 1)

    (problem,) = problems({"WAYBILL_INGRAM__ENDPOINTS": f"{{{ENDPOINT}, {other}}}"})

    assert f"({name}) an endpoint's name is" in problem


def test_a_byte_order_mark_is_named(tmp_path: Path) -> None:
    (tmp_path / "WAYBILL_DECK__API_KEY").write_text("\ufeffC4N4RY", "utf-8")
    config = tmp_path / "waybill.toml"
    config.write_text("\ufefflease = 30\n", "utf-8")
    given = {k: v for k, v in DECK.items() if not k.endswith("API_KEY")}

    found = problems(
        given | {"WAYBILL_SECRETS_DIR": str(tmp_path), "WAYBILL_CONFIG": str(config)}
    )

    assert [one.split()[0] for one in found] == [
        "WAYBILL_CONFIG",
        "WAYBILL_DECK__API_KEY",
    ]
    assert all("byte-order mark: save it as UTF-8 without" in one for one in found)
