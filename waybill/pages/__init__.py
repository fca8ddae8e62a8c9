"""The web console of `waybill serve`."""
