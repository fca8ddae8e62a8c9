"""DECK Commerce's formats, by samples and properties."""
