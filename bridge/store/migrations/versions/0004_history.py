"""What numbers were made of, and a past that is being read."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from bridge.store import columns

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('item_states',
    sa.Column('digest', columns.PlainText(), nullable=False),
    sa.Column('state', columns.PlainText(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_item_states'))
    )
    op.create_table('inputs',
    sa.Column('digest', columns.PlainText(), nullable=False),
    sa.Column('document', columns.PlainText(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_inputs'))
    )
    op.create_table('backfills',
    sa.Column('digest', columns.PlainText(), nullable=False),
    sa.Column('connection', columns.PlainText(), nullable=False),
    sa.Column('started', sqlmodel.UTCDateTime(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('glossary', columns.Json(), nullable=False),
    sa.Column('wanted', columns.Json(), nullable=False),
    sa.Column('gone', columns.Json(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_backfills'))
    )
    op.create_table('backfill_pages',
    sa.Column('digest', columns.PlainText(), nullable=False),
    sa.Column('page', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('ids', columns.Json(), nullable=False),
    sa.Column('untold', columns.Json(), nullable=False),
    sa.ForeignKeyConstraint(['digest'], ['backfills.digest'], name=op.f('fk_backfill_pages_digest'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('digest', 'page', name=op.f('pk_backfill_pages'))
    )
    op.create_table('backfill_turns',
    sa.Column('digest', columns.PlainText(), nullable=False),
    sa.Column('day', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('page', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('turns', columns.PlainText(), nullable=False),
    sa.ForeignKeyConstraint(['digest'], ['backfills.digest'], name=op.f('fk_backfill_turns_digest'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('digest', 'day', 'page', name=op.f('pk_backfill_turns'))
    )


def downgrade() -> None:
    op.drop_table('backfill_turns')
    op.drop_table('backfill_pages')
    op.drop_table('backfills')
    op.drop_table('inputs')
    op.drop_table('item_states')
