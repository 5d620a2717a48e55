"""The simulator: loads training, testing and fouled production data into PostgreSQL."""
