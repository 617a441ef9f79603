"""What the neural reducers share."""
