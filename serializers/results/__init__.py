"""Results: what the ERP hears of its orders, as CloudEvents."""
