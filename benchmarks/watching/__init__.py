"""What watching costs in calls, on a virtual clock."""
