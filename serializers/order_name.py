"""Name of an order in the ledger: its number, and its source where there is one."""


def order_name(number: str, source: str = "") -> str:
    """One text for each pair, `SO-1@/erp/a`; the number as it is without a source.

    In a name with a source the number's own `@` is written `%40`, and `%` as `%25`, so
    that the first `@` ends the number whatever either holds.
    """
    if not source:
        return number
    return f"{number.replace('%', '%25').replace('@', '%40')}@{source}"
