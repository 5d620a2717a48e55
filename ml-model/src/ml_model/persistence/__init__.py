"""What ml-model keeps in the dataset database."""
