"""How a model is trained, calibrated, stored and asked; knows no database and no HTTP."""
