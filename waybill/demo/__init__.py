"""The demo: the whole walk on one machine, told as a story and checked."""
