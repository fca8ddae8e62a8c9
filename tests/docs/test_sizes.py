"""The sizes of modules, folders and functions stay within their limits."""

from tests.docs.pages import ROOT
from tools.sizes import SMALL, functions, limits, modules, percentile


def passed(texts: dict[str, str]) -> list[str]:
    return [limit.what for limit in limits(texts) if limit.passed]


def test_the_project_is_within_every_limit() -> None:
    assert [str(limit) for limit in limits(modules(ROOT)) if limit.passed] == []


def test_a_module_of_more_than_300_lines_is_named() -> None:
    texts = {"tasks/long.py": "x = 1\n" * 301}

    (limit,) = (one for one in limits(texts) if one.passed)

    assert limit.places == ("tasks/long.py: 301",)


def test_too_many_crumbs_pass_the_limit() -> None:
    large = {f"tasks/{n}.py": "x = 1\n" * (SMALL + 1) for n in range(7)}
    crumbs = {f"tasks/crumb{n}.py": "x = 1\n" for n in range(3)}

    assert passed(large | crumbs) == ["modules of 60 lines or fewer, share"]


def test_a_sixteenth_file_in_a_folder_passes_the_limit() -> None:
    texts = {f"tasks/{n}.py": "x = 1\n" * 100 for n in range(15)}

    assert passed(texts) == ["fullest folder, files"]


def test_a_function_of_more_than_50_lines_is_named() -> None:
    body = "    x = 1\n" * 50
    texts = {"tasks/one.py": f"def long():\n{body}" + "y = 1\n" * 50}

    assert ("tasks/one.py:1 long", 51) in functions(texts)
    assert "longest function, lines" in passed(texts)


def test_a_percentile_is_by_nearest_rank() -> None:
    assert percentile(range(1, 101), 0.95) == 96
    assert percentile([], 0.95) == 0
