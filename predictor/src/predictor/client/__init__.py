"""What predictor asks of other systems."""
