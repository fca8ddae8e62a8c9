"""When to look at an order next: the longer it has stood still, the later."""

from tasks.planning.rules import PollRules

#: How much the dice move a look, either way, so that a burst of orders spreads.
JITTER = 0.1


def next_look(
    changed_ms: int, now_ms: int, rules: PollRules, dice: float
) -> float | None:
    """Seconds until the next look, or None when patience has run out.

    Args:
        changed_ms: when the order last changed, or its watch began.
        now_ms: the moment of this look.
        rules: bounds and fraction.
        dice: a number in [0, 1).
    """
    still = max(0.0, (now_ms - changed_ms) / 1000)
    if still > rules.patience:
        return None
    pause = min(max(still * rules.fraction, rules.shortest), rules.longest)
    return pause * (1 + JITTER * (2 * dice - 1))
