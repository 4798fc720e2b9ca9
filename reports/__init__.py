"""What people read, and the statistics behind it."""
