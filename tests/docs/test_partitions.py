"""docs/partitions.md: the rule by which an ERP chooses a stream, with its examples."""

import re
from binascii import crc_hqx
from pathlib import Path

from serializers.order import order_name
from workers.ledger import keys

PAGE = Path(__file__).parents[2] / "docs" / "partitions.md"
ROW = re.compile(r"^\| `([^`]+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| `([^`]+)` \|$")


def rows() -> list[tuple[str, list[int], str]]:
    found = filter(None, map(ROW.match, PAGE.read_text("utf-8").splitlines()))
    return [(one[1], [int(one[n]) for n in (2, 3, 4, 5)], one[6]) for one in found]


def test_the_examples_are_what_the_ledger_does() -> None:
    for name, (crc, *places), stream in rows():
        assert crc == crc_hqx(name.encode(), 0)
        assert places == [keys.partition_of(name, n) for n in (4, 8, 64)]
        assert stream == keys.events(keys.prefix(keys.partition_of(name, 8)))

    assert len(rows()) >= 6


def test_the_code_of_the_page_gives_the_streams_of_its_examples() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    given: dict[str, object] = {}
    exec(code, given)  # noqa: S102 (it is the page's own)

    chosen = given["stream"]

    assert callable(chosen)
    assert [chosen(name, 8) for name, _, _ in rows()] == [s for _, _, s in rows()]


def test_a_name_with_a_source_is_written_as_the_page_says() -> None:
    assert order_name("SO-1", "/erp/eu") in {name for name, _, _ in rows()}
    assert order_name("5%@x", "/erp") == "5%25%40x@/erp"
