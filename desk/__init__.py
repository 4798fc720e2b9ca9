"""What support people use: routing, due times, queues."""
