"""How Alembic runs a revision: in the transaction of the connection it is handed."""

from alembic import context

from records.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
)
with context.begin_transaction():
    context.run_migrations()
