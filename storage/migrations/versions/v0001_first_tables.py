"""The first tables: all words of the design.

Written for SQLite and PostgreSQL alike, and never changed again: what comes later is a version of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "analysis",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("text_hash", TEXT, nullable=False),
        sa.Column("model", TEXT, nullable=False),
        sa.Column("lang", TEXT, nullable=False),
        sa.Column("sentiment", TEXT, nullable=False),
        sa.Column("sentiment_score", sa.Float(53), nullable=False),
        sa.Column("sentiment_probs", sa.JSON(), nullable=False),
        sa.Column("safety", sa.Boolean(), nullable=False),
        sa.Column("safety_score", sa.Float(53), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=False),
        sa.Column("analysed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_analysis"),
        sa.UniqueConstraint("text_hash", "model", name="uq_analysis_text_hash_model"),
    )
    op.create_table(
        "config_snapshot",
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_config_snapshot"),
    )
    op.create_table(
        "counter",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counter"),
    )
    op.create_table(
        "exposure",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("product_id", TEXT, nullable=False),
        sa.Column("attribute", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("period", TEXT, nullable=False),
        sa.Column("units", sa.Float(53), nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exposure"),
        sa.UniqueConstraint(
            "product_id",
            "attribute",
            "value",
            "period",
            "seq",
            name="uq_exposure_product_id_attribute_value_period_seq",
        ),
    )
    op.create_table(
        "feedback",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("external_id", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("product_id", TEXT, nullable=True),
        sa.Column("author", TEXT, nullable=True),
        sa.Column("customer_id", TEXT, nullable=True),
        sa.Column("title", TEXT, nullable=True),
        sa.Column("text", TEXT, nullable=True),
        sa.Column("rating", sa.Float(53), nullable=True),
        sa.Column("score", sa.Float(53), nullable=True),
        sa.Column("scale", TEXT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=True),
        sa.Column("lang", TEXT, nullable=True),
        sa.Column("reach", NUMBER, nullable=True),
        sa.Column("disclosure", TEXT, nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("parent_id", TEXT, nullable=True),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("text_hash", TEXT, nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("ingested_at", MOMENT, nullable=False),
        sa.Column("effective_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_feedback"),
        sa.UniqueConstraint("source", "external_id", "version", name="uq_feedback_source_external_id_version"),
    )
    op.create_index("ix_feedback_created_at", "feedback", ["created_at"], unique=False)
    op.create_index(
        "ix_feedback_customer_id",
        "feedback",
        ["customer_id"],
        unique=False,
        sqlite_where=sa.text("customer_id IS NOT NULL"),
        postgresql_where=sa.text("customer_id IS NOT NULL"),
    )
    op.create_index(
        "ix_feedback_source_author",
        "feedback",
        ["source", "author"],
        unique=False,
        sqlite_where=sa.text("author IS NOT NULL"),
        postgresql_where=sa.text("author IS NOT NULL"),
    )
    op.create_index("ix_feedback_text_hash", "feedback", ["text_hash"], unique=False)
    op.create_table(
        "feedback_copy",
        sa.Column("copy", TEXT, nullable=False),
        sa.Column("original", TEXT, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("copy", name="pk_feedback_copy"),
    )
    op.create_table(
        "ledger",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("issue", sa.Integer(), nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("effective_at", MOMENT, nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_ledger"),
    )
    op.create_index("ix_ledger_issue", "ledger", ["issue"], unique=False)
    op.create_table(
        "notification",
        sa.Column("target", TEXT, nullable=False),
        sa.Column("week", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("target", "week", name="pk_notification"),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("position", TEXT, nullable=False),
        sa.Column("raw", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("refused_at", MOMENT, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("resolved_seq", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
        sa.UniqueConstraint("fingerprint", name="uq_quarantine_fingerprint"),
    )
    op.create_index("ix_quarantine_source", "quarantine", ["source"], unique=False)
    op.create_table(
        "ticket",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("feedback", TEXT, nullable=False),
        sa.Column("lang", TEXT, nullable=True),
        sa.Column("queue", TEXT, nullable=False),
        sa.Column("priority", TEXT, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("needs_response", sa.Boolean(), nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("assignee", TEXT, nullable=True),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_ticket"),
    )
    op.create_index("ix_ticket_assignee", "ticket", ["assignee"], unique=False)
    op.create_index("ix_ticket_feedback", "ticket", ["feedback"], unique=False)
    op.create_index("ix_ticket_queue_state_rank_due_at", "ticket", ["queue", "state", "rank", "due_at"], unique=False)
    op.create_index(
        "uq_ticket_ongoing",
        "ticket",
        ["feedback"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('resolved', 'closed')"),
        postgresql_where=sa.text("state NOT IN ('resolved', 'closed')"),
    )
    op.create_table(
        "correction",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("effective_at", MOMENT, nullable=False),
        sa.Column("ledger", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["ledger"], ["ledger.seq"], name="fk_correction_ledger"),
        sa.PrimaryKeyConstraint("id", name="pk_correction"),
    )
    op.create_index("ix_correction_subject", "correction", ["subject"], unique=False)
    op.create_table(
        "intent",
        sa.Column("analysis", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("score", sa.Float(53), nullable=False),
        sa.ForeignKeyConstraint(["analysis"], ["analysis.id"], name="fk_intent_analysis", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("analysis", "position", name="pk_intent"),
    )
    op.create_index("ix_intent_label", "intent", ["label"], unique=False)
    op.create_table(
        "issue",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product_id", TEXT, nullable=True),
        sa.Column("label_ja", TEXT, nullable=True),
        sa.Column("label_en", TEXT, nullable=True),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.Column("owner", TEXT, nullable=True),
        sa.Column("centre", sa.LargeBinary(), nullable=False),
        sa.Column("born", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["born"], ["ledger.seq"], name="fk_issue_born"),
        sa.PrimaryKeyConstraint("number", name="pk_issue"),
    )
    op.create_index("ix_issue_product_id", "issue", ["product_id"], unique=False)
    op.create_table(
        "reply",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("ticket", NUMBER, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name="fk_reply_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_reply"),
    )
    op.create_index("ix_reply_ticket", "reply", ["ticket"], unique=False)
    op.create_table(
        "routing",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("queue", TEXT, nullable=True),
        sa.Column("priority", TEXT, nullable=False),
        sa.Column("needs_response", sa.Boolean(), nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("routed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["feedback.seq"], name="fk_routing_seq", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq", name="pk_routing"),
    )
    op.create_table(
        "segment",
        sa.Column("analysis", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("complaint", sa.Float(53), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["analysis"], ["analysis.id"], name="fk_segment_analysis", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("analysis", "position", name="pk_segment"),
    )
    op.create_table(
        "ticket_copy",
        sa.Column("ticket", NUMBER, nullable=False),
        sa.Column("feedback", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name="fk_ticket_copy_ticket"),
        sa.PrimaryKeyConstraint("ticket", "feedback", name="pk_ticket_copy"),
    )
    op.create_index("ix_ticket_copy_feedback", "ticket_copy", ["feedback"], unique=False)
    op.create_table(
        "ticket_event",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("ticket", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name="fk_ticket_event_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_event"),
    )
    op.create_index("ix_ticket_event_ticket", "ticket_event", ["ticket"], unique=False)
    op.create_table(
        "trigger_phrase",
        sa.Column("analysis", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("polarity", TEXT, nullable=False),
        sa.Column("score", sa.Float(53), nullable=False),
        sa.ForeignKeyConstraint(["analysis"], ["analysis.id"], name="fk_trigger_phrase_analysis", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("analysis", "position", name="pk_trigger_phrase"),
    )
    op.create_index("ix_trigger_phrase_type", "trigger_phrase", ["type"], unique=False)
    op.create_table(
        "unassigned",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("feedback", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("since_event", NUMBER, nullable=False),
        sa.Column("until_event", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["since_event"], ["ledger.seq"], name="fk_unassigned_since_event"),
        sa.ForeignKeyConstraint(["until_event"], ["ledger.seq"], name="fk_unassigned_until_event"),
        sa.PrimaryKeyConstraint("id", name="pk_unassigned"),
    )
    op.create_index("ix_unassigned_feedback", "unassigned", ["feedback"], unique=False)
    op.create_index("ix_unassigned_until_event", "unassigned", ["until_event"], unique=False)
    op.create_table(
        "alert",
        sa.Column("issue", sa.Integer(), nullable=False),
        sa.Column("week", TEXT, nullable=False),
        sa.Column("level", sa.Float(53), nullable=False),
        sa.Column("p_value", sa.Float(53), nullable=False),
        sa.Column("q_value", sa.Float(53), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["issue"], ["issue.number"], name="fk_alert_issue"),
        sa.PrimaryKeyConstraint("issue", "week", name="pk_alert"),
    )
    op.create_table(
        "issue_member",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("issue", sa.Integer(), nullable=False),
        sa.Column("feedback", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("similarity", sa.Float(53), nullable=False),
        sa.Column("since_event", NUMBER, nullable=False),
        sa.Column("until_event", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["issue"], ["issue.number"], name="fk_issue_member_issue"),
        sa.ForeignKeyConstraint(["since_event"], ["ledger.seq"], name="fk_issue_member_since_event"),
        sa.ForeignKeyConstraint(["until_event"], ["ledger.seq"], name="fk_issue_member_until_event"),
        sa.PrimaryKeyConstraint("id", name="pk_issue_member"),
    )
    op.create_index("ix_issue_member_feedback", "issue_member", ["feedback"], unique=False)
    op.create_index("ix_issue_member_issue", "issue_member", ["issue"], unique=False)
    op.create_index(
        "uq_issue_member_now",
        "issue_member",
        ["feedback", "version", "field", "start", "end"],
        unique=True,
        sqlite_where=sa.text("until_event IS NULL"),
        postgresql_where=sa.text("until_event IS NULL"),
    )


def downgrade() -> None:
    """Remove the tables and all that is in them."""
    op.drop_table("issue_member")
    op.drop_table("alert")
    op.drop_table("unassigned")
    op.drop_table("trigger_phrase")
    op.drop_table("ticket_event")
    op.drop_table("ticket_copy")
    op.drop_table("segment")
    op.drop_table("routing")
    op.drop_table("reply")
    op.drop_table("issue")
    op.drop_table("intent")
    op.drop_table("correction")
    op.drop_table("ticket")
    op.drop_table("quarantine")
    op.drop_table("notification")
    op.drop_table("ledger")
    op.drop_table("feedback_copy")
    op.drop_table("feedback")
    op.drop_table("exposure")
    op.drop_table("counter")
    op.drop_table("config_snapshot")
    op.drop_table("analysis")
