"""What runs Waybill elsewhere: image and compose file."""
