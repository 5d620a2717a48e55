"""Use cases of ml-model."""
