"""Runs revisions on the connection that `ml_model.migrate` opened, inside its transaction."""

from alembic import context

from ml_model.migrations.scope import OPTIONS

context.configure(connection=context.config.attributes["connection"], **OPTIONS)
context.run_migrations()
