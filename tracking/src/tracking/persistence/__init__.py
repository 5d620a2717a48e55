"""Reading MLflow's database."""
