"""Names that tests alone use are found; the product has none."""

import ast

import pytest

from tests.docs.pages import ROOT
from tools.unused import modules, templated, unused


def found(**texts: str) -> list[str]:
    """What is unused in modules of these texts; `tasks__one` is `tasks.one`."""
    return unused(
        {name.replace("__", "."): ast.parse(text) for name, text in texts.items()}
    )


def test_a_name_of_the_product_is_used_by_the_product_or_a_measurement() -> None:
    trees = modules(ROOT)

    assert "serializers.errors" in trees
    assert not [name for name in unused(trees) if name.startswith("serializers.errors")]


def test_what_a_template_shows_is_used() -> None:
    made = "@dataclass\nclass C:\n    workers: int\n    of_nobody: int\nC"
    trees = {"waybill.one": ast.parse(made)}

    assert unused(trees, templated(ROOT)) == ["waybill.one.C.of_nobody"]


@pytest.mark.parametrize(
    "made", ["def f(): f()", "class f: pass", "f = 1", "f: int = 1"]
)
def test_what_nothing_reads_outside_of_itself_is_unused(made: str) -> None:
    assert found(tasks__one=made) == ["tasks.one.f"]


@pytest.mark.parametrize(
    "use",
    [
        "from tasks.one import f",
        "from tasks import one\none.f()",
        "from tasks import one as other\nother.f()",
        "import tasks.one as one\none.f()",
    ],
)
@pytest.mark.parametrize("user", ["workers__two", "benchmarks__two"])
def test_what_another_module_takes_is_used(user: str, use: str) -> None:
    assert found(tasks__one="def f(): ...", **{user: use}) == []


def test_what_is_loaded_by_its_dotted_name_is_used() -> None:
    by_name = 'load("tasks.one.f")'

    assert found(tasks__one="def f(): ...", workers__two=by_name) == []


def test_what_its_own_module_reads_is_used() -> None:
    assert found(tasks__one="def f(): ...\nprint(f())") == []


def test_the_same_name_of_another_module_is_no_use() -> None:
    other = "from tasks import three\nthree.f()"

    assert found(tasks__one="def f(): ...", workers__two=other) == ["tasks.one.f"]


def test_a_decorated_function_belongs_to_its_decorator() -> None:
    assert found(waybill__one="import click\n@click.command()\ndef f(): ...") == []


def test_a_field_that_is_written_and_never_read_is_unused() -> None:
    text = "@dataclass(frozen=True)\nclass A:\n    kept: int\n    lost: int\n"
    use = "from tasks.one import A\nprint(A(kept=1, lost=2).kept)"

    assert found(tasks__one=text, tasks__two=use) == ["tasks.one.A.lost"]


def test_a_field_that_a_pattern_takes_is_read() -> None:
    text = "@dataclass\nclass A:\n    kept: int\n"
    use = "from tasks.one import A\nmatch thing:\n    case A(kept=1): pass"

    assert found(tasks__one=text, tasks__two=use) == []
