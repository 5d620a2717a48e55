"""What runs beside the service: Celery's worker and beat."""
