"""What is read of MLflow's database."""
