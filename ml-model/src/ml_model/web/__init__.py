"""The web layer of ml-model."""
