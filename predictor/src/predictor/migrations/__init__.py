"""The history of the schema `predictor`."""
