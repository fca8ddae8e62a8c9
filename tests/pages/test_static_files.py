"""Files of the console: whose they are, how they are kept, how much a page loads."""

import gzip
import hashlib
import re
from importlib.resources import files

import pytest

from tests.pages.conftest import Person
from waybill.pages.static_files import HTMX, addresses

#: The file `dist/htmx.min.js` of htmx.org 2.0.11, as its package on npm has it.
DIGEST = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"

#: Compressed bytes of all that one page loads.
MOST_LOADED = 60 * 1024


def test_htmx_is_the_file_of_its_package_with_its_licence() -> None:
    folder = files("waybill.pages") / "static"

    assert hashlib.sha256((folder / HTMX).read_bytes()).hexdigest() == DIGEST
    assert "Zero-Clause BSD" in (folder / "htmx.LICENSE").read_text()


def test_a_file_is_kept_for_good_under_an_address_of_its_own(stranger: Person) -> None:
    for name, address in addresses().items():
        answer = stranger.get(address)

        assert answer.status_code == 200, name
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["..%2fsite.py", "htmx.LICENSE", "x"])
def test_no_other_file_is_served(stranger: Person, name: str) -> None:
    assert stranger.get(f"/static/{name}").status_code == 404


def test_a_page_loads_little(operator: Person) -> None:
    page = operator.get("/", Accept_Encoding="gzip")
    parts = set(re.findall(r'(?:src|href)="/console(/static/[^"]+)"', page.text))

    loaded = int(page.headers["content-length"])
    for part in parts:
        answer = operator.get(part.replace("&amp;", "&"), Accept_Encoding="gzip")
        assert len(answer.content) < 600 or answer.headers["content-encoding"] == "gzip"
        loaded += len(gzip.compress(answer.content))
    assert len(parts) == 4
    assert page.headers["content-encoding"] == "gzip"
    assert loaded < MOST_LOADED
