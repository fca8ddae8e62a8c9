"""Dead letters as many: groups of one cause, and what belongs to each."""
