"""What the service says of itself; its worker says the same without loading what the service needs."""

from servicekit.web.app import Identity

IDENTITY = Identity("ml-model", "0.1.0", "Keeps the deployed model, trains it and scores it on loaded sets.")
