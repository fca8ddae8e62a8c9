"""The stack of compose.yaml on a real container engine: `make containers`."""
