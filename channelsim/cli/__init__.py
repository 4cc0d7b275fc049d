"""What a user meets on the command line."""
