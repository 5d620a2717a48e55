"""What runs beside the service: Celery's worker."""
