"""Stand-ins for the partners, true to their contracts, with injectable faults."""
