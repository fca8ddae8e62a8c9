"""The control API of the stand-ins, and its client."""
