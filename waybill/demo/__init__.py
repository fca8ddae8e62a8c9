"""The demo: the whole walk on one machine, played as a story and checked."""
