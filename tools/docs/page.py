"""Marked block of a documentation page, replaced by a generated table."""


def renewed(page: str, name: str, table: str) -> str:
    """Put a table between the page's markers, `<!-- name:begin -->` and `:end`.

    Raises:
        ValueError: the page lacks a marker, or they are the wrong way round.
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, found_begin, rest = page.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise ValueError(f"the page needs the markers {begin} and {end}")
    return f"{before}{begin}\n{table}{end}{after}"
