"""Generator of the README's short table of settings: chosen rows of the whole one."""

from collections.abc import Iterator
from pathlib import Path

from tools.docs import settings_page
from tools.docs.page import renewed

ROOT = Path(__file__).parents[2]
PAGE = Path("README.md")
RENEW = "python -m tools.docs.readme_settings"

#: What nobody goes live without looking at, in that order.
FIRST = (
    "WAYBILL_REDIS_URL",
    "WAYBILL_SECRETS_DIR",
    "WAYBILL_CONFIG",
    "WAYBILL_WESTCON__CLIENT_ID",
    "WAYBILL_WESTCON__CLIENT_SECRET",
    "WAYBILL_WESTCON__SUBSCRIPTION_KEY",
    "WAYBILL_WESTCON__PARTNER_KEY",
    "WAYBILL_DECK__BASE_URL",
    "WAYBILL_DECK__SITE_CODE",
    "WAYBILL_DECK__API_KEY",
    "WAYBILL_INGRAM__BASE_URL",
    "WAYBILL_INGRAM__CLIENT_ID",
    "WAYBILL_INGRAM__CLIENT_SECRET",
    "WAYBILL_INGRAM__ENDPOINTS",
    "WAYBILL_HEALTH_PORT",
    "WAYBILL_HEALTH_HOST",
    "WAYBILL_LEASE",
    "WAYBILL_DEADLINE",
)


def rows() -> Iterator[str]:
    """The table's head and the chosen rows; raises KeyError for no such setting."""
    head, rule, *lines = settings_page.table().splitlines(keepends=True)
    yield from (head, rule)
    by_name = {line.split("`")[1]: line for line in lines}
    yield from (by_name[name] for name in FIRST)


def page() -> str:
    """The README with the table as it must be; raises ValueError without markers."""
    text = (ROOT / PAGE).read_text("utf-8")
    return renewed(text, "first-settings", "".join(rows()))


def main() -> None:
    """Rewrite the README in this checkout."""
    (ROOT / PAGE).write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
