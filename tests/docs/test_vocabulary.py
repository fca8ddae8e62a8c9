"""One word for one idea: names of the product use none that was replaced.

Looked at are modules, classes, functions, attributes, constants, metrics and what logs
consist of. What others have wired up stays as it is and is text, not a name, in the
code: members of `--json` (`tries`, `says`, `said`), fields of Redis' hashes (`tries`,
`told`), values of settings (`late_facts` is `tell` or `keep`), headers. "Parcel" is a
carrier's parcel today, and has no other meaning.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import chain

import pytest

from tests.docs.pages import ROOT
from tools.sizes import PACKAGES
from tools.unused import modules
from workers.telemetry.ledger_metrics import FAMILIES
from workers.telemetry.metrics import Metrics

#: Word of a name -> what takes its place.
REPLACED = {
    "arriving": "receive buffer",
    "dialling": "connection",
    "founding": "metadata",
    "paces": "call times",
    "said": "reported, recorded",
    "say": "report, state",
    "says": "reports, states",
    "tell": "notify, report",
    "tells": "notifies, reports",
    "terms": "retention",
    "told": "notified, reported, recorded",
    "tried": "attempted",
    "tries": "attempts",
    "try": "attempt",
    "verdicts": "a name of its own each",
    "wire": "connection",
}
#: The end of a class's, a function's or a module's name -> what takes its place.
ENDS = {"seen": "snapshot", "words": "view, text"}
#: Whole public names.
WHOLE = {
    "asks_no_gate": "bypasses_gate",
    "guard": "address_guard",
    "letter_choice": "selection",
    "near_miss": "diagnosis",
    "replies": "response",
    "reply_bodies": "response",
}

#: Names that stay, each with the reason why.
KEPT: Mapping[str, str] = {
    "intake_tries": "the setting WAYBILL_INTAKE_TRIES, which operators have set",
}

LEVELS = {"debug", "info", "warning", "error", "exception", "bind"}


def parts(name: str) -> list[str]:
    """The words of a name in snake_case or CamelCase, in lower case."""
    pattern = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+"
    return [word.lower() for word in re.findall(pattern, name)]


def replaced(name: str, *, ends: bool = False) -> str:
    """What is wrong with a name, "" if nothing is."""
    words = parts(name)
    if name in KEPT or not words:
        return ""
    found = [f"{word}: {REPLACED[word]}" for word in words if word in REPLACED]
    if ends and words[-1] in ENDS and len(words) > 1:
        found.append(f"{words[-1]}: {ENDS[words[-1]]}")
    if name in WHOLE:
        found.append(f"{name}: {WHOLE[name]}")
    return "; ".join(found)


def wrong_names(trees: Mapping[str, ast.Module]) -> Iterator[str]:
    """Each name that a module makes of such a word, with what takes its place."""
    for module, tree in trees.items():
        names = chain(((module.rpartition(".")[2], True),), made(tree))
        for name, ends in names:
            if why := replaced(name, ends=ends):
                yield f"{module}: {name} ({why})"


def made(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Names of classes, functions, attributes and constants; whether ends count."""
    for node in ast.walk(tree):
        match node:
            case (
                ast.ClassDef(name=name)
                | ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
            ):
                yield name, not name.startswith("_")
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, False
        if isinstance(node, ast.Module | ast.ClassDef):
            for part in node.body:
                yield from ((name, False) for name in _assigned(part))


def _assigned(node: ast.stmt) -> list[str]:
    match node:
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=targets):
            return [one.id for one in targets if isinstance(one, ast.Name)]
    return []


def log_fields(tree: ast.Module) -> Iterator[str]:
    """Events and fields of what a module logs."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="log"), attr=level),
                args=args,
                keywords=keywords,
            ) if level in LEVELS:
                yield from (word.arg for word in keywords if word.arg)
                yield from (
                    str(one.value) for one in args if isinstance(one, ast.Constant)
                )


def product() -> dict[str, ast.Module]:
    found = modules(ROOT).items()
    return {name: tree for name, tree in found if name.partition(".")[0] in PACKAGES}


def test_no_name_of_the_product_is_made_of_a_word_that_was_replaced() -> None:
    assert list(wrong_names(product())) == []


def test_no_field_of_a_log_is() -> None:
    fields = {name for tree in product().values() for name in log_fields(tree)}

    assert "endpoint" in fields
    assert [name for name in fields if replaced(name)] == []


def test_no_metric_is_nor_its_label() -> None:
    own = [one for one in vars(Metrics()).values() if hasattr(one, "_labelnames")]
    names = {one.name for one in FAMILIES} | {
        # prometheus_client shows a metric's name and labels only like this.
        name
        for one in own
        for name in (one._name, *one._labelnames)
    }

    assert "destination" in names
    assert [name for name in names if replaced(name)] == []


def test_what_stays_is_there() -> None:
    made_names = {name for tree in product().values() for name, _ in made(tree)}

    assert set(KEPT) <= made_names


@pytest.mark.parametrize(
    "planted",
    [
        "class Told: ...",
        "def tell_receivers(): ...",
        "tries_left = 1",
        "class Order:\n    times_told: int",
        "class Order:\n    def f(self):\n        self.tries = 1",
        "class LedgerSeen: ...",
        "def order_words(): ...",
        "class WirePool: ...",
    ],
)
def test_a_planted_word_is_found(planted: str) -> None:
    assert len(list(wrong_names({"tasks.one": ast.parse(planted)}))) == 1


@pytest.mark.parametrize("module", ["paces", "near_miss", "order_words", "dialling"])
def test_a_module_of_such_a_name_is_found(module: str) -> None:
    assert list(wrong_names({f"tasks.{module}": ast.parse("")}))


def test_a_planted_field_of_a_log_is_found() -> None:
    fields = log_fields(ast.parse('log.info("receiver_told", tries=1)'))

    assert [bool(replaced(name)) for name in fields] == [True, True]


@pytest.mark.parametrize(
    ("term", "module"),
    [
        ("circuit breaker", "workers/ledger/gates.py"),
        ("fencing token", "workers/ledger/claims.py"),
        ("leases", "workers/ledger/claims.py"),
        ("idempotency key", "serializers/events/identity.py"),
        ("compare-and-set", "workers/ledger/scripts/admit.lua"),
        ("at-least-once", "workers/ledger/stream/reader.py"),
        ("back-pressure", "workers/steps/back_pressure.py"),
        ("bulkhead", "tasks/concurrency.py"),
        ("ssrf", "workers/http/address_guard.py"),
        ("preset dictionary", "serializers/formats/compression.py"),
    ],
)
def test_what_has_a_name_in_the_trade_is_called_by_it(term: str, module: str) -> None:
    head = (ROOT / module).read_text("utf-8").lower().splitlines()[:20]

    assert term in " ".join(head)
