"""What is held against a goal: a row of the goals' table for each."""
