"""Runs revisions on the connection that `datasetdb.migrate` opened, inside its transaction."""

from alembic import context

from datasetdb.migrations.scope import OPTIONS

context.configure(connection=context.config.attributes["connection"], **OPTIONS)
with context.begin_transaction():
    context.run_migrations()
