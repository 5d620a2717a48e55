"""Runs revisions on the connection that `predictor.migrate` opened, inside its transaction."""

from alembic import context

from predictor.migrations.scope import OPTIONS

context.configure(connection=context.config.attributes["connection"], **OPTIONS)
context.run_migrations()
