"""User interface: the `waybill` command and the demo."""
