"""The first version."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from bridge.store import columns

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _mirror()
    _links()
    _reading()
    _figures()
    _people()
    _writing()
    _runs()


def _mirror() -> None:
    """The work items as last read, every key they had, what stands on them."""
    op.create_table('items',
    sa.Column('connection', columns.PlainText(), nullable=False),
    sa.Column('id', columns.PlainText(), nullable=False),
    sa.Column('key', columns.PlainText(), nullable=False),
    sa.Column('title', columns.PlainText(), nullable=False),
    sa.Column('tier', columns.PlainText(), nullable=False),
    sa.Column('status', columns.PlainText(), nullable=False),
    sa.Column('category', columns.PlainText(), nullable=False),
    sa.Column('updated', sqlmodel.UTCDateTime(), nullable=False),
    sa.Column('parent', columns.PlainText(), nullable=True),
    sa.Column('children', columns.Strings(), nullable=False),
    sa.Column('cancelled', sa.Boolean(), nullable=False),
    sa.Column('resolution', columns.PlainText(), nullable=False),
    sa.Column('points', columns.ExactDecimal(), nullable=True),
    sa.Column('estimate_seconds', columns.ExactDecimal(), nullable=True),
    sa.Column('spent_seconds', columns.ExactDecimal(), nullable=True),
    sa.Column('percent', columns.ExactDecimal(), nullable=True),
    sa.Column('checks_done', sa.Integer(), nullable=True),
    sa.Column('checks_total', sa.Integer(), nullable=True),
    sa.Column('numbers', columns.Numbers(), nullable=False),
    sa.Column('unusable', columns.Strings(), nullable=False),
    sa.Column('type', columns.PlainText(), nullable=False),
    sa.Column('project', columns.PlainText(), nullable=False),
    sa.Column('labels', columns.Strings(), nullable=False),
    sa.Column('flagged', sa.Boolean(), nullable=False),
    sa.Column('owner', columns.PlainText(), nullable=False),
    sa.Column('due', sa.Date(), nullable=True),
    sa.Column('created', sqlmodel.UTCDateTime(), nullable=True),
    sa.Column('finished', sqlmodel.UTCDateTime(), nullable=True),
    sa.Column('url', columns.PlainText(), nullable=False),
    sa.PrimaryKeyConstraint('connection', 'id', name=op.f('pk_items'))
    )
    op.create_table('item_keys',
    sa.Column('connection', columns.PlainText(), nullable=False),
    sa.Column('key', columns.PlainText(), nullable=False),
    sa.Column('id', columns.PlainText(), nullable=False),
    sa.PrimaryKeyConstraint('connection', 'key', name=op.f('pk_item_keys'))
    )
    op.create_table('panels',
    sa.Column('connection', columns.PlainText(), nullable=False),
    sa.Column('id', columns.PlainText(), nullable=False),
    sa.Column('panel', columns.Json(), nullable=False),
    sa.PrimaryKeyConstraint('connection', 'id', name=op.f('pk_panels'))
    )


def _links() -> None:
    """What each link brings."""
    op.create_table('links',
    sa.Column('digest', columns.PlainText(), nullable=False),
    sa.Column('connection', columns.PlainText(), nullable=False),
    sa.Column('read', sqlmodel.UTCDateTime(), nullable=True),
    sa.Column('unreadable', columns.Strings(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_links'))
    )
    op.create_table('link_items',
    sa.Column('digest', columns.PlainText(), nullable=False),
    sa.Column('id', columns.PlainText(), nullable=False),
    sa.ForeignKeyConstraint(['digest'], ['links.digest'], name=op.f('fk_link_items_digest'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('digest', 'id', name=op.f('pk_link_items'))
    )


def _reading() -> None:
    """How far connections are read, and what their sites are like."""
    op.create_table('cursors',
    sa.Column('connection', columns.PlainText(), nullable=False),
    sa.Column('since', sqlmodel.UTCDateTime(), nullable=False),
    sa.Column('scheme', columns.PlainText(), nullable=False),
    sa.Column('swept', sqlmodel.UTCDateTime(), nullable=False),
    sa.Column('read', sqlmodel.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('connection', name=op.f('pk_cursors'))
    )
    op.create_table('sites',
    sa.Column('connection', columns.PlainText(), nullable=False),
    sa.Column('facts', columns.Json(), nullable=False),
    sa.Column('at', sqlmodel.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('connection', name=op.f('pk_sites'))
    )


def _figures() -> None:
    """What was said of key results, and against which scope."""
    op.create_table('figures',
    sa.Column('kr', columns.PlainText(), nullable=False),
    sa.Column('progress', columns.ExactFraction(), nullable=True),
    sa.Column('at', sqlmodel.UTCDateTime(), nullable=False),
    sa.Column('hash', columns.PlainText(), nullable=False),
    sa.Column('updated', sqlmodel.UTCDateTime(), nullable=False),
    sa.Column('read', sqlmodel.UTCDateTime(), nullable=True),
    sa.Column('pace', columns.PlainText(), nullable=False),
    sa.PrimaryKeyConstraint('kr', name=op.f('pk_figures'))
    )
    op.create_table('baselines',
    sa.Column('kr', columns.PlainText(), nullable=False),
    sa.Column('cycle', columns.PlainText(), nullable=False),
    sa.Column('entries', columns.Json(), nullable=False),
    sa.Column('at', sqlmodel.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('kr', 'cycle', name=op.f('pk_baselines'))
    )
    op.create_table('history',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kr', columns.PlainText(), nullable=False),
    sa.Column('source', columns.PlainText(), nullable=False),
    sa.Column('value', columns.ExactFraction(), nullable=True),
    sa.Column('counts', columns.Json(), nullable=False),
    sa.Column('scope', columns.Json(), nullable=False),
    sa.Column('rule_version', sa.Integer(), nullable=False),
    sa.Column('inputs', columns.PlainText(), nullable=False),
    sa.Column('at', sqlmodel.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_history')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_history_kr_day_source'), 'history', ['kr', 'day', 'source'], unique=False)


def _people() -> None:
    """What people said, and the OKR file as it stood."""
    op.create_table('check_ins',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kr', columns.PlainText(), nullable=False),
    sa.Column('at', sqlmodel.UTCDateTime(), nullable=False),
    sa.Column('by', columns.PlainText(), nullable=False),
    sa.Column('value', columns.ExactDecimal(), nullable=True),
    sa.Column('confidence', columns.ExactDecimal(), nullable=True),
    sa.Column('status', columns.PlainText(), nullable=False),
    sa.Column('note', columns.PlainText(), nullable=False),
    sa.Column('obstacle', columns.PlainText(), nullable=False),
    sa.Column('help_needed', columns.PlainText(), nullable=False),
    sa.Column('milestones', columns.Strings(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_ins')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_check_ins_kr'), 'check_ins', ['kr'], unique=False)
    op.create_table('overrides',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kr', columns.PlainText(), nullable=False),
    sa.Column('value', columns.ExactDecimal(), nullable=False),
    sa.Column('why', columns.PlainText(), nullable=False),
    sa.Column('by', columns.PlainText(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('at', sqlmodel.UTCDateTime(), nullable=False),
    sa.Column('cleared_by', columns.PlainText(), nullable=True),
    sa.Column('cleared_at', sqlmodel.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_overrides')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_overrides_kr'), 'overrides', ['kr'], unique=False)
    op.create_table('revisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('digest', columns.PlainText(), nullable=False),
    sa.Column('document', columns.PlainText(), nullable=False),
    sa.Column('at', sqlmodel.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revisions')),
    sqlite_autoincrement=True
    )


def _writing() -> None:
    """What was written, and what is to be."""
    op.create_table('written',
    sa.Column('connection', columns.PlainText(), nullable=False),
    sa.Column('item', columns.PlainText(), nullable=False),
    sa.Column('kr', columns.PlainText(), nullable=False),
    sa.Column('what', columns.PlainText(), nullable=False),
    sa.Column('name', columns.PlainText(), nullable=False),
    sa.Column('value', columns.Json(), nullable=False),
    sa.Column('ref', columns.PlainText(), nullable=False),
    sa.Column('at', sqlmodel.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('connection', 'item', 'kr', 'what', 'name', name=op.f('pk_written'))
    )
    op.create_table('outbox',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run', columns.PlainText(), nullable=False),
    sa.Column('connection', columns.PlainText(), nullable=False),
    sa.Column('item', columns.PlainText(), nullable=False),
    sa.Column('key', columns.PlainText(), nullable=False),
    sa.Column('kr', columns.PlainText(), nullable=False),
    sa.Column('what', columns.PlainText(), nullable=False),
    sa.Column('name', columns.PlainText(), nullable=False),
    sa.Column('before', columns.Json(), nullable=False),
    sa.Column('after', columns.Json(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('outcome', columns.PlainText(), nullable=False),
    sa.Column('detail', columns.PlainText(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_outbox_outcome'), 'outbox', ['outcome'], unique=False)


def _runs() -> None:
    """What ran, what it wrote, how connections answered."""
    op.create_table('runs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', columns.PlainText(), nullable=False),
    sa.Column('digest', columns.PlainText(), nullable=False),
    sa.Column('started', sqlmodel.UTCDateTime(), nullable=False),
    sa.Column('finished', sqlmodel.UTCDateTime(), nullable=True),
    sa.Column('outcome', columns.PlainText(), nullable=False),
    sa.Column('summary', columns.Json(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_runs')),
    sqlite_autoincrement=True
    )
    op.create_table('run_writes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run', sa.Integer(), nullable=False),
    sa.Column('connection', columns.PlainText(), nullable=False),
    sa.Column('item', columns.PlainText(), nullable=False),
    sa.Column('key', columns.PlainText(), nullable=False),
    sa.Column('kr', columns.PlainText(), nullable=False),
    sa.Column('what', columns.PlainText(), nullable=False),
    sa.Column('name', columns.PlainText(), nullable=False),
    sa.Column('before', columns.Json(), nullable=False),
    sa.Column('after', columns.Json(), nullable=False),
    sa.Column('outcome', columns.PlainText(), nullable=False),
    sa.ForeignKeyConstraint(['run'], ['runs.id'], name=op.f('fk_run_writes_run'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_run_writes')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_run_writes_run'), 'run_writes', ['run'], unique=False)
    op.create_table('connection_results',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run', columns.PlainText(), nullable=False),
    sa.Column('connection', columns.PlainText(), nullable=False),
    sa.Column('ok', sa.Boolean(), nullable=False),
    sa.Column('message', columns.PlainText(), nullable=False),
    sa.Column('hint', columns.PlainText(), nullable=False),
    sa.Column('at', sqlmodel.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_connection_results')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_connection_results_connection_ok'), 'connection_results', ['connection', 'ok'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_run_writes_run'), table_name='run_writes')
    op.drop_table('run_writes')
    op.drop_table('link_items')
    op.drop_table('written')
    op.drop_table('sites')
    op.drop_table('runs')
    op.drop_table('revisions')
    op.drop_table('panels')
    op.drop_index(op.f('ix_overrides_kr'), table_name='overrides')
    op.drop_table('overrides')
    op.drop_index(op.f('ix_outbox_outcome'), table_name='outbox')
    op.drop_table('outbox')
    op.drop_table('links')
    op.drop_table('items')
    op.drop_table('item_keys')
    op.drop_index(op.f('ix_history_kr_day_source'), table_name='history')
    op.drop_table('history')
    op.drop_table('figures')
    op.drop_table('cursors')
    op.drop_index(op.f('ix_connection_results_connection_ok'), table_name='connection_results')
    op.drop_table('connection_results')
    op.drop_index(op.f('ix_check_ins_kr'), table_name='check_ins')
    op.drop_table('check_ins')
    op.drop_table('baselines')
