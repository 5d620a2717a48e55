"""What the service says of itself, and its worker and scheduler, which do not load what the service needs."""

from servicekit.web.app import Identity

IDENTITY = Identity("predictor", "0.1.0", "Predicts how long an SQL query will take, with intervals.")
