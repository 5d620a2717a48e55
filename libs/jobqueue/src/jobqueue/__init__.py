"""Work that a service hands to a worker: Celery on Redis; what is to be done stands in the database."""
