"""What running unattended needs."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from bridge.store import columns

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('leases',
    sa.Column('name', columns.PlainText(), nullable=False),
    sa.Column('holder', columns.PlainText(), nullable=False),
    sa.Column('token', sa.Integer(), nullable=False),
    sa.Column('since', sqlmodel.UTCDateTime(), nullable=False),
    sa.Column('expires', sqlmodel.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_leases'))
    )
    op.create_table('parked',
    sa.Column('connection', columns.PlainText(), nullable=False),
    sa.Column('item', columns.PlainText(), nullable=False),
    sa.Column('key', columns.PlainText(), nullable=False),
    sa.Column('kr', columns.PlainText(), nullable=False),
    sa.Column('what', columns.PlainText(), nullable=False),
    sa.Column('name', columns.PlainText(), nullable=False),
    sa.Column('since', sqlmodel.UTCDateTime(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next', sqlmodel.UTCDateTime(), nullable=False),
    sa.Column('final', sa.Boolean(), nullable=False),
    sa.Column('message', columns.PlainText(), nullable=False),
    sa.Column('hint', columns.PlainText(), nullable=False),
    sa.Column('value', columns.PlainText(), nullable=False),
    sa.PrimaryKeyConstraint('connection', 'item', 'kr', 'what', 'name', name=op.f('pk_parked'))
    )
    op.create_table('holds',
    sa.Column('connection', columns.PlainText(), nullable=False),
    sa.Column('until', sqlmodel.UTCDateTime(), nullable=False),
    sa.Column('why', columns.PlainText(), nullable=False),
    sa.PrimaryKeyConstraint('connection', name=op.f('pk_holds'))
    )
    op.create_table('schedule',
    sa.Column('connection', columns.PlainText(), nullable=False),
    sa.Column('job', columns.PlainText(), nullable=False),
    sa.Column('next', sqlmodel.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('connection', 'job', name=op.f('pk_schedule'))
    )
    op.create_table('notices',
    sa.Column('name', columns.PlainText(), nullable=False),
    sa.Column('at', sqlmodel.UTCDateTime(), nullable=False),
    sa.Column('message', columns.PlainText(), nullable=False),
    sa.Column('hint', columns.PlainText(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_notices'))
    )


def downgrade() -> None:
    for name in ('notices', 'schedule', 'holds', 'parked', 'leases'):
        op.drop_table(name)
