"""Runs the migrations on the connection that `scraper.store.migrate` hands over.

A migration spells out its own tables and imports nothing from scraper: what is merged is history,
and editing today's code must not rewrite it. Each runs in the caller's transaction.
"""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
