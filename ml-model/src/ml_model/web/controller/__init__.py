"""Resources of ml-model."""
