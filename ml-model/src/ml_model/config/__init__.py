"""The settings of ml-model."""
