"""The measuring instrument is right before its figures are."""
