"""What partners document is known; what they do not document is told apart by it."""

import json
from collections.abc import Iterator

import pytest

from serializers.deck.contract import ORDER_LINK_XML
from serializers.deck.reply import decode_reply as decode_link
from serializers.drift.contract import Contract, Many, Members, Node
from serializers.drift.differences import MAX_PATH, MOST, differences
from serializers.drift.shape import MEANINGS, Kind, Shape
from serializers.formats import lenient_json
from serializers.formats.json_limits import JsonValue
from serializers.westcon.contract import ORDER_STATUS
from serializers.westcon.reply import decode_reply
from tests.serializers.drift.documents import LINE, REFUSALS, REPLIES, XML
from tests.serializers.wire_samples import sample


def read(document: object) -> JsonValue:
    return lenient_json.loads(json.dumps(document).encode(), document="sample")


def briefly(document: object, known: Node) -> list[tuple[str, str, str]]:
    found = differences(read(document), known)
    return [(one.kind, one.path, one.form) for one in found]


@pytest.mark.parametrize(("of", "document"), REPLIES)
def test_a_reply_as_it_is_documented_has_nothing_new(
    of: Contract, document: object
) -> None:
    assert briefly(document, of.reply) == []


@pytest.mark.parametrize(("of", "document"), REFUSALS)
def test_a_refusal_as_it_is_documented_has_nothing_new(
    of: Contract, document: object
) -> None:
    assert briefly(document, of.refusal) == []


@pytest.mark.parametrize("body", XML)
def test_nor_has_a_reply_in_xml(body: bytes) -> None:
    shown: list[JsonValue] = []

    decode_link(body, seen=shown.append)

    assert [differences(one, ORDER_LINK_XML.reply) for one in shown] == [()]


def test_nor_has_what_was_captured_of_westcon() -> None:
    shown: list[JsonValue] = []

    decode_reply(sample("westcon_reply.json"), seen=shown.append)

    assert [differences(one, ORDER_STATUS.reply) for one in shown] == [()]


def _objects(
    node: Node, value: JsonValue
) -> Iterator[tuple[Members, dict[str, JsonValue]]]:
    """Every object of a document with what is known of it."""
    if isinstance(node, Members) and isinstance(value, dict):
        yield node, value
        for name, inner in value.items():
            yield from _objects(node.known[name], inner)
    elif isinstance(node, Many):
        for inner in value if isinstance(value, list) else [value]:
            yield from _objects(node.item, inner)


@pytest.mark.parametrize(("of", "document"), REPLIES)
def test_in_every_object_an_added_or_a_lacking_member_is_told_apart(
    of: Contract, document: object
) -> None:
    value = read(document)
    for known, one in list(_objects(of.reply, value)):
        one["added"] = {}
        assert "added" in differences(value, of.reply)[0].path
        del one["added"]
        for name in [n for n in one if frozenset({n}) in known.needs]:
            kept = one.pop(name)
            kinds = {d.kind for d in differences(value, of.reply)}
            assert kinds == {Kind.MISSING}, name
            one[name] = kept
    assert differences(value, of.reply) == ()


LINES = "mt_orderstatus_response"


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ([LINE], [("envelope", "", "list")]),
        ("x", [("envelope", "", "text")]),
        (None, [("envelope", "", "null")]),
        ({LINES: LINE}, [("type", LINES, "object")]),
        ({LINES: json.dumps([LINE])}, [("type", LINES, "text")]),
        ({LINES: [LINE, 7]}, [("type", f"{LINES}[]", "number")]),
        ({LINES: [], "d": 1}, [("field", "d", "number")]),
        (
            {"d": {LINES: []}},
            [("missing", "error", ""), ("field", "d", "object")],
        ),
        (
            {LINES: [LINE | {"lineQuantity": 2}]},
            [("type", f"{LINES}[].linequantity", "number")],
        ),
        (
            {LINES: [LINE | {"newDate": "20240101"}, LINE | {"newDate": ""}]},
            [("field", f"{LINES}[].newdate", "text")],
        ),
        (
            {LINES: [LINE | {"jane.doe@example.org": 1}]},
            [("field", f"{LINES}[].<name 20>", "number")],
        ),
    ],
)
def test_what_is_new_is_named_by_kind_path_and_type(
    document: object, found: list[tuple[str, str, str]]
) -> None:
    assert briefly(document, ORDER_STATUS.reply) == found


def test_of_one_document_only_so_much_is_named() -> None:
    many = {f"added{'x' * n}": 1 for n in range(100)}

    found = differences(read({LINES: [LINE | many] * 20}), ORDER_STATUS.reply)

    assert len(found) == MOST
    assert all(len(one.path) <= MAX_PATH for one in found)


def test_a_shape_has_one_id_everywhere_and_no_other_has_it() -> None:
    shapes = [
        Shape("deck", "order link", kind, path, form)
        for kind in Kind
        for path in ("", "a", "b")
        for form in ("", "text")
    ]

    assert len({shape.id for shape in shapes}) == len(shapes)
    assert Shape("deck", "order link", Kind.FIELD, "a", "text").id == "8e6f1e0f"
    assert set(MEANINGS) == set(Kind)
