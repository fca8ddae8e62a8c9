"""`waybill pause`, `resume`, `gate`, `poll`, `abandon` and `replay-stream`."""
