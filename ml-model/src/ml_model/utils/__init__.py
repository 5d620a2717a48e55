"""Small functions without a home in a layer."""
