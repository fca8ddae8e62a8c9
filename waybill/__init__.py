"""What a person uses: the `waybill` command, and the demo."""
