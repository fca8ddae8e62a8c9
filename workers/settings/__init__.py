"""The settings: where they come from, their kinds, and what is wrong with them."""
