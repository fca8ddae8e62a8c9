"""Texts of partners and of the ERP are shown as texts, whatever they hold."""

import re
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.clock import World
from tests.pages.conftest import Person
from tests.waybill import hostile_ledger
from waybill.pages.rendering import environment, prose, shown

#: What a browser or a terminal would do something with.
HOSTILE = st.text(
    st.sampled_from("<>&\"'`/=\x1b\x9b\x07\x00\x7f\u202e\u2066\u2028\ud800a b")
    | st.characters(),
    max_size=40,
)
_TEMPLATE = environment().from_string('<p title="{{ x }}">{{ x }}</p>{{ x|prose }}')


@given(HOSTILE)
def test_no_text_becomes_a_tag_an_attribute_or_a_control(text: str) -> None:
    page = _TEMPLATE.render(x=text)

    assert re.fullmatch(
        r'<p title="[^<>"]*">[^<>]*</p>(?:[^<>]|</?code>)*', page, re.DOTALL
    )
    assert all(char.isprintable() or char == "\n" for char in page)


@given(HOSTILE)
def test_what_is_printable_is_shown_as_it_is(text: str) -> None:
    plain = "".join(filter(str.isprintable, text))

    assert shown(plain) == plain


def test_a_command_is_marked_and_what_is_in_it_is_text() -> None:
    made = prose("run `waybill publish <b>`")

    assert made == "run <code>waybill publish &lt;b&gt;</code>"


def test_a_hostile_ledger_is_shown_as_text(operator: Person, world: World) -> None:
    hostile_ledger.fill(world)
    order, letter = quote(hostile_ledger.ORDER), quote(hostile_ledger.LETTER)
    paths = [
        "/",
        "/destinations",
        "/dead-letters",
        "/events",
        f"/dead-letters?order={order}",
        f"/orders?q={order}",
        f"/order?number={order}",
        f"/dead-letter?id={letter}",
        f"/dead-letter?id={quote('<script>alert(1)</script>' + order)}",
        f"/sign-in?next={order}",
    ]
    for path in paths:
        page = operator.get(path)

        assert page.status_code in {200, 404}, (path, page.text)
        assert all(char.isprintable() or char == "\n" for char in page.text), path
        assert "<script>" not in page.text
    assert r"\x202e" in operator.get(paths[2]).text
