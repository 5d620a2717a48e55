"""The history of the schema `ml_model`."""
