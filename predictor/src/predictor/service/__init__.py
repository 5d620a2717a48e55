"""The use cases of predictor."""
