"""Files of a reconciliation: the books it reads, the plan it writes."""
