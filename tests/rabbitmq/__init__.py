"""RabbitMQ as the broker of hints."""
