"""Timeline of an order: entries as codes with their texts, and as bytes."""
