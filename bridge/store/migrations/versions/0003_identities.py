"""Whose a database is."""

import sqlalchemy as sa
from alembic import op

from bridge.store import columns

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('identities',
    sa.Column('connection', columns.PlainText(), nullable=False),
    sa.Column('names', columns.Strings(), nullable=False),
    sa.PrimaryKeyConstraint('connection', name=op.f('pk_identities'))
    )


def downgrade() -> None:
    op.drop_table('identities')
