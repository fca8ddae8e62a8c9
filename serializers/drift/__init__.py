"""What a partner sends beyond its contract: compared, named, and shown masked."""
