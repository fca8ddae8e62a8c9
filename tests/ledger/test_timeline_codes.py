"""What the scripts write on a timeline is what its reader knows."""

import re
from collections.abc import Iterator
from importlib import resources

import pytest

from serializers.timeline.codes import Code, note
from serializers.timeline.entry import encode
from tests.ledger import acts
from tests.ledger.clock import World
from workers.ledger.scripts import source

SCRIPTS = sorted(
    file.name.removesuffix(".lua")
    for file in (resources.files("workers.ledger") / "scripts").iterdir()
    if file.name.endswith(".lua")
)
BY_LETTER = {code.letter: code for code in Code}

#: The arguments of a call of `note`, in parentheses that may hold others.
_CALL = re.compile(r"\bnote(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))")
#: What is between the commas that stand in no parentheses.
_ARGUMENT = re.compile(r"(?:[^(),]|\((?:[^()]|\([^()]*\))*\))+")


def own(script: str) -> str:
    """The script's own text, without its includes and comments."""
    file = resources.files("workers.ledger") / "scripts" / f"{script}.lua"
    return re.sub(r"--.*", "", file.read_text("utf-8"))


def noted(script: str) -> Iterator[list[str]]:
    """What each call of `note` notes: the code and its texts, or what it was given."""
    for call in _CALL.findall(own(script).replace("local function note(", "")):
        order, cap, *rest = (one.strip() for one in _ARGUMENT.findall(call[1:-1]))
        assert order
        assert cap
        yield rest


CALLS = [(script, call) for script in SCRIPTS for call in noted(script)]


def test_the_calls_are_found() -> None:
    notes = sum(own(script).count("note(") for script in SCRIPTS)

    assert len(CALLS) == notes - 1 > 10


@pytest.mark.parametrize(("script", "call"), CALLS)
def test_a_script_notes_a_known_code_with_all_its_texts(
    script: str, call: list[str]
) -> None:
    first, *texts = call

    if first.startswith("ARGV["):
        # A worker has encoded it; nothing may be put behind it.
        assert texts == []
        return
    code = BY_LETTER[first.strip("'")]
    assert first == f"'{code.letter}'", script
    assert len(texts) == len(code.fields)
    items = [
        text for text, name in zip(texts, code.fields, strict=True) if name == "item"
    ]
    assert items == ["short(ref)"] * ("item" in code.fields)


#: Scripts that read timelines; what `pack` has read `unpack` writes as it was.
READERS = {"mentioned", "pack"}


@pytest.mark.parametrize("script", SCRIPTS)
def test_nothing_but_note_writes_on_a_timeline(script: str) -> None:
    lines = [line for line in own(script).splitlines() if "'log:'" in line]

    assert [line for line in lines if "PUSH" in line or "SET" in line] == []
    assert script in {"writes", "items", "orders", *READERS} or lines == []


def test_every_code_is_written_by_somebody() -> None:
    by_scripts = {call[0].strip("'") for _, call in CALLS}
    text = "".join(
        file.read_text("utf-8")
        for package in ("tasks", "workers")
        for file in _modules(package)
    )
    by_workers = {code.letter for code in Code if f"Code.{code.name}" in text}
    by_type = {code.letter for code in Code if code.fields == ("event",)}

    written = by_scripts | by_workers | by_type | {Code.PLAIN.letter}
    assert {code.name for code in Code if code.letter not in written} == set()


def _modules(package: str) -> Iterator["resources.abc.Traversable"]:
    waiting = [resources.files(package)]
    while waiting:
        for one in waiting.pop().iterdir():
            if one.is_dir():
                waiting.append(one)
            elif one.name.endswith(".py"):
                yield one


@pytest.mark.parametrize(
    "ref", ["delivery:7H2K.acme", "order:SO-1", "watch:toy:SO-1", "parcel:1"]
)
def test_an_item_is_named_by_scripts_as_by_workers(world: World, ref: str) -> None:
    world.redis.hset("{wb:0}:order:SO-1", "version", 1)
    script = source("items") + f"\nnote('SO-1', 9, 'R', short('{ref}'))\nflush()"
    world.redis.eval(f"local NOW = 1\n{script}", 1, "{wb:0}:")

    replayed = note(Code.REPLAYED, ref)
    assert acts.timeline(world) == [replayed]
    entry = world.redis.lindex("{wb:0}:log:SO-1", 0)
    assert entry == (1).to_bytes(6, "big") + encode([replayed])


def test_a_text_that_is_missing_costs_no_event(world: World) -> None:
    world.redis.hset("{wb:0}:order:SO-1", "version", 1)
    script = source("items") + "\nnote('SO-1', 9, 'M', false, nil)\nflush()"
    world.redis.eval(f"local NOW = 1\n{script}", 1, "{wb:0}:")

    assert acts.timeline(world) == [note(Code.MERGED, "", "")]
