"""The settings of predictor."""
