"""The `waybill` command, one module per sub-command."""
