"""The glossary of keys holds what is really written: every key, type and field."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest
import redis

from tests.ledger import glossary_acts
from tests.ledger.clock import HOLDING, build, is_clock
from tests.ledger.walk import Walk
from tools.docs import map_page
from workers.ledger.glossary.partition import ROOT, Kind
from workers.ledger.glossary.whole import KINDS
from workers.redis.answers import text

STEPS = 200

#: The ERP's stream of a single Redis.
SHARED = "orders:events"


@dataclass
class Witness:
    """Everything that was in Redis at some moment, by kind and field."""

    client: redis.Redis
    seen: set[tuple[str, str]] = field(default_factory=set)
    strange: set[str] = field(default_factory=set)

    def look(self) -> None:
        """Take note of every key, and of every field of the hashes."""
        every = map(text, self.client.scan_iter(count=1000))
        names = {one for one in every if one != SHARED and not is_clock(one)}
        kinds = {name: kind for name in names if (kind := kind_of(name)) is not None}
        self.strange |= names - kinds.keys()
        pipeline = self.client.pipeline(transaction=False)
        for name in kinds:
            pipeline.type(name)
            pipeline.hkeys(name)
        answers = pipeline.execute(raise_on_error=False)
        found = zip(kinds.items(), answers[0::2], answers[1::2], strict=True)
        for (name, kind), type_, fields in found:
            if text(type_) != kind.type:
                self.strange.add(f"{text(type_)} {name}")
                continue
            self.seen.add((kind.key, ""))
            if kind.fields:
                self._fields(kind, name, map(text, fields))

    def _fields(self, kind: Kind, key: str, names: Iterable[str]) -> None:
        for name in names:
            known = first(kind.fields, name)
            if known is None:
                self.strange.add(f"{key} {name}")
            else:
                self.seen.add((kind.key, known))


@cache
def pattern(form: str) -> re.Pattern[str]:
    """What a form with parts in angle brackets stands for."""
    escaped = re.escape(form.replace(ROOT, "\0")).replace("\0", r"\{wb:\d+\}:")
    return re.compile(re.sub(r"<[^<>]+>", "(?s:.+)", escaped))


def first(forms: Iterable[str], name: str) -> str | None:
    """The form that a name has; one without angle brackets goes first."""
    ordered = sorted(forms, key=lambda form: "<" in form)
    return next((form for form in ordered if pattern(form).fullmatch(name)), None)


@cache
def kind_of(key: str) -> Kind | None:
    return next((kind for kind in KINDS if pattern(kind.key).fullmatch(key)), None)


def declared() -> Iterator[tuple[str, str]]:
    for kind in KINDS:
        yield kind.key, ""
        yield from ((kind.key, name) for name in kind.fields)


def test_what_is_written_is_in_the_glossary_and_the_other_way_round(
    redis: redis.Redis,
) -> None:
    witness = Witness(redis)
    walk = Walk(build(redis, partitions=2, known=HOLDING), 0)
    for _ in range(STEPS):
        walk.steps(1)
        witness.look()
    for act in glossary_acts.ALL:
        redis.flushall()
        for _ in act(build(redis)):
            witness.look()

    assert witness.strange == set()
    assert set(declared()) - witness.seen == set()


@pytest.mark.parametrize("package", ["workers", "waybill", "tasks"])
def test_no_key_is_made_by_hand(package: str) -> None:
    """Each is made by `keys`: a second spelling would be forgotten by a change."""
    by_hand = [
        f"{path.relative_to(map_page.ROOT)}:{node.lineno}"
        for path in sorted((map_page.ROOT / package).rglob("*.py"))
        if path.name != "keys.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.expr) and is_key(node)
    ]

    assert by_hand == []


def is_key(node: ast.expr) -> bool:
    """Whether an expression puts a prefix before something, or spells a key out."""
    match node:
        case ast.BinOp(left=left, op=ast.Add()):
            return is_prefix(left)
        case ast.JoinedStr(values=[ast.FormattedValue(value=value), *_]):
            return is_prefix(value)
        case ast.Constant(value=str(value)):
            return value.startswith(("wb:", "{wb:"))
    return False


def is_prefix(node: ast.expr) -> bool:
    text_ = ast.unparse(node)
    return text_ == "root" or text_.startswith("keys.prefix(")


@pytest.mark.parametrize("code", ['root + "dead"', "f'{root}due:{name}'", '"wb:marks"'])
def test_a_key_that_is_made_by_hand_is_noticed(code: str) -> None:
    assert is_key(ast.parse(code, mode="eval").body)


def test_no_key_is_of_two_kinds() -> None:
    forms = [re.sub(r"<[^<>]+>", "x", k.key.replace(ROOT, "{wb:0}:")) for k in KINDS]

    fitting = {
        form: [kind.key for kind in KINDS if pattern(kind.key).fullmatch(form)]
        for form in forms
    }

    assert {form: found for form, found in fitting.items() if len(found) != 1} == {}


def test_the_keys_that_a_script_names_are_in_the_glossary() -> None:
    """Also those that no scenario of ours makes it write."""
    forms = [kind.key.removeprefix(ROOT) for kind in KINDS]
    texts = {path.stem: path.read_text("utf-8") for path in map_page.scripts()}
    named = {
        (script, name)
        for script, content in texts.items()
        for name in re.findall(r"(?:ROOT \.\. )?'((?:wb:)?[^']+)'", content)
        if f"ROOT .. '{name}'" in content or name.startswith("wb:")
    }

    unknown = [
        (script, name)
        for script, name in sorted(named)
        if not any(form.startswith(name) for form in forms)
    ]

    assert len(named) > 20
    assert unknown == []


def test_a_script_names_its_purpose() -> None:
    rows = map_page.script_rows().splitlines()[2:]

    assert [row for row in rows if row.endswith("|  |")] == []
    assert len(rows) == len(map_page.scripts())
