"""End-to-end demo on one machine, played as a story and checked."""
