"""A partner beside the product's: a parcel service at which orders are watched."""
