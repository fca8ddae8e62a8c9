"""Files of the console: whose they are, how they are kept, how much a page loads."""

import gzip
import hashlib
import re
from importlib.resources import files

import pytest

from tasks.outcomes.outcome import GiveUp
from tests.ledger import acts
from tests.ledger.clock import World
from tests.pages.conftest import Person
from waybill.pages.static_files import HTMX, addresses
from workers.ledger.audit.actor import Actor

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


@pytest.fixture
def full(world: World) -> World:
    """As many letters and acts as no page shows, each with words of its own."""
    for n in range(130):
        why = hashlib.sha256(b"%d" % n).hexdigest()
        acts.dead(world, acts.notification(f"M{n}"), number=f"SO-{n}")
        world.letters.discard(f"delivery:M{n}", Actor("olga", why, run=f"{n}"))
        new = acts.admit(world, acts.notification(f"N{n}"), number=f"SO-{n}")
        gave_up = GiveUp(f"{why} was refused", f"code-{why}")
        acts.settle(world, acts.sent(world, new.leased[0]), gave_up)
    return world


#: Pages that show as many rows as any may.
FULLEST = (
    "/",
    "/destinations",
    "/dead-letters",
    "/dead-letters?kind=notification",
    "/orders",
    "/audit",
    "/dead-letter/correct?id=delivery:N1",
)


@pytest.mark.usefixtures("full")
def test_the_fullest_pages_load_little(operator: Person) -> None:
    loaded = {path: bytes_of(operator, path) for path in FULLEST}

    assert {path: some for path, some in loaded.items() if some > MOST_LOADED} == {}


def bytes_of(person: Person, path: str) -> int:
    """Compressed bytes of a page and all that it loads."""
    page = person.get(path, Accept_Encoding="gzip")
    parts = set(re.findall(r'(?:src|href)="/console(/static/[^"]+)"', page.text))

    assert len(parts) in {2, 4}
    assert page.headers["content-encoding"] == "gzip"
    loaded = int(page.headers["content-length"])
    for part in parts:
        answer = person.get(part.replace("&amp;", "&"), Accept_Encoding="gzip")
        assert len(answer.content) < 600 or answer.headers["content-encoding"] == "gzip"
        loaded += len(gzip.compress(answer.content))
    return loaded
