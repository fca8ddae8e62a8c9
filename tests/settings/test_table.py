"""The documentation of settings is what the code defines."""

import tomllib
from pathlib import Path

import pytest

from tools.docs.settings_page import main, table, with_table
from workers.fields.names import variables
from workers.partners.ingram.settings import Ingram
from workers.settings.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "settings.md"


def test_the_page_holds_the_table_of_the_code() -> None:
    page = PAGE.read_text("utf-8")

    assert page == with_table(page), "run: python -m tools.docs.settings_page"


def test_the_pages_example_is_a_complete_configuration(tmp_path: Path) -> None:
    example = PAGE.read_text("utf-8").partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "waybill.toml").write_text(example, "utf-8")

    settings = Settings.load(
        {
            "WAYBILL_CONFIG": str(tmp_path / "waybill.toml"),
            "WAYBILL_DECK__API_KEY": "key",
        }
    )

    assert set(tomllib.loads(example)["ingram"]["endpoints"]) == {"acme"}
    assert settings.of(Ingram).endpoints["acme"].events == ("im::order_shipped",)


def test_every_setting_states_what_it_means() -> None:
    silent = [v.name for v in variables(Settings) if not v.field.description]

    assert silent == []


def test_the_table_shows_no_default_of_a_secret() -> None:
    rows = {row.split("`")[1]: row for row in table().splitlines()[2:]}

    assert rows["WAYBILL_DECK__API_KEY"].split("|")[2].strip() == ""
    assert rows["WAYBILL_LEASE"].split("|")[2].strip() == "`60`"


def test_renewing_keeps_the_page_around_the_table(tmp_path: Path) -> None:
    page = tmp_path / "settings.md"
    page.write_text(
        "before\n<!-- settings:begin -->\nold\n<!-- settings:end -->\nafter\n", "utf-8"
    )

    main(page)

    assert page.read_text("utf-8") == (
        f"before\n<!-- settings:begin -->\n{table()}<!-- settings:end -->\nafter\n"
    )


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="markers"):
        with_table("nothing here")
