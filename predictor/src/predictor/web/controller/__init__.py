"""Resources of predictor."""
