"""What is looked at from outside."""
