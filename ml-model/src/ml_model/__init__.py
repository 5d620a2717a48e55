"""ml-model: keeps the deployed model, trains it and scores it on loaded sets."""
