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


#: The audit log is only ever added to: the database itself refuses the rest. SQLite's INSERT OR REPLACE would get past
#: a trigger on deletion, so an id that is there cannot be inserted again.
SQLITE_AUDIT = (
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
)
POSTGRES_AUDIT = (
    "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "account",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("password_hash", TEXT, nullable=True),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("ticket_limit", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_account"),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("account", TEXT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name="fk_session_account"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_session"),
    )
    op.create_index("ix_session_account", "session", ["account"], unique=False)
    op.create_table(
        "setup_token",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("account", TEXT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name="fk_setup_token_account"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_setup_token"),
    )
    op.create_index("ix_setup_token_account", "setup_token", ["account"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("application", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_api_token"),
        sa.UniqueConstraint("application", name="uq_api_token_application"),
    )
    op.create_table(
        "login_attempt",
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_login_attempt"),
    )
    op.create_table(
        "audit",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("act", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"], unique=False)
    op.create_index("ix_audit_who", "audit", ["who"], unique=False)
    for statement in POSTGRES_AUDIT if op.get_bind().dialect.name == "postgresql" else SQLITE_AUDIT:
        op.execute(statement)
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
    op.create_index("ix_feedback_product_id", "feedback", ["product_id"], unique=False)
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
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_ticket"),
    )
    op.create_index("ix_ticket_assignee", "ticket", ["assignee"], unique=False)
    op.create_index("ix_ticket_feedback", "ticket", ["feedback"], unique=False)
    op.create_index("ix_ticket_queue_state_rank_due_at", "ticket", ["queue", "state", "rank", "due_at"], unique=False)
    op.create_index("ix_ticket_rank_due_at_number", "ticket", ["rank", "due_at", "number"], unique=False)
    op.create_index(
        "ix_ticket_to_do",
        "ticket",
        ["rank", "due_at", "number"],
        unique=False,
        sqlite_where=sa.text("state NOT IN ('resolved', 'closed')"),
        postgresql_where=sa.text("state NOT IN ('resolved', 'closed')"),
    )
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
        sa.Column("glossary", TEXT, nullable=True),
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
        "outbox",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("reply", NUMBER, nullable=True),
        sa.Column("ticket", NUMBER, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("last_error", TEXT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["reply"], ["reply.id"], name="fk_outbox_reply"),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name="fk_outbox_ticket"),
        sa.PrimaryKeyConstraint("key", name="pk_outbox"),
        sa.UniqueConstraint("reply", name="uq_outbox_reply"),
    )
    op.create_index("ix_outbox_state_next_try_at", "outbox", ["state", "next_try_at"], unique=False)
    op.create_index("ix_outbox_ticket", "outbox", ["ticket"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("outbox", TEXT, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("receipt", TEXT, nullable=True),
        sa.Column("error", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["outbox"], ["outbox.key"], name="fk_delivery_outbox"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
    )
    op.create_index("ix_delivery_outbox", "delivery", ["outbox"], unique=False)
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
        sa.Column("queue", TEXT, nullable=False),
        sa.Column("priority", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name="fk_ticket_event_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_event"),
    )
    op.create_index("ix_ticket_event_ticket", "ticket_event", ["ticket"], unique=False)
    op.create_table(
        "commitment",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("ticket", NUMBER, nullable=False),
        sa.Column("reply", NUMBER, nullable=True),
        sa.Column("words", TEXT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("kept_at", MOMENT, nullable=True),
        sa.Column("dropped_at", MOMENT, nullable=True),
        sa.Column("ended_by", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["reply"], ["reply.id"], name="fk_commitment_reply"),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name="fk_commitment_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_commitment"),
    )
    op.create_index("ix_commitment_due_at", "commitment", ["due_at"], unique=False)
    op.create_index("ix_commitment_ticket", "commitment", ["ticket"], unique=False)
    op.create_table(
        "follow_up",
        sa.Column("event", NUMBER, autoincrement=False, nullable=False),
        sa.Column("ticket", NUMBER, nullable=False),
        sa.Column("reply", NUMBER, nullable=True),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["event"], ["ticket_event.id"], name="fk_follow_up_event"),
        sa.ForeignKeyConstraint(["reply"], ["reply.id"], name="fk_follow_up_reply"),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name="fk_follow_up_ticket"),
        sa.PrimaryKeyConstraint("event", name="pk_follow_up"),
    )
    op.create_table(
        "fix_notice",
        sa.Column("fix", NUMBER, autoincrement=False, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("ticket", NUMBER, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["fix"], ["ledger.seq"], name="fk_fix_notice_fix"),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name="fk_fix_notice_ticket"),
        sa.PrimaryKeyConstraint("fix", "person", name="pk_fix_notice"),
    )
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
        "proposal",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("issue", sa.Integer(), nullable=False),
        sa.Column("into", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("rests_on", MOMENT, nullable=False),
        sa.Column("since_event", NUMBER, nullable=False),
        sa.Column("until_event", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["into"], ["issue.number"], name="fk_proposal_into"),
        sa.ForeignKeyConstraint(["issue"], ["issue.number"], name="fk_proposal_issue"),
        sa.ForeignKeyConstraint(["since_event"], ["ledger.seq"], name="fk_proposal_since_event"),
        sa.ForeignKeyConstraint(["until_event"], ["ledger.seq"], name="fk_proposal_until_event"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
    )
    op.create_index("ix_proposal_until_event", "proposal", ["until_event"], unique=False)
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
    op.drop_table("fix_notice")
    op.drop_table("follow_up")
    op.drop_table("commitment")
    op.drop_table("delivery")
    op.drop_table("outbox")
    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_append_only()")
    op.drop_table("login_attempt")
    op.drop_table("api_token")
    op.drop_table("setup_token")
    op.drop_table("session")
    op.drop_table("account")
    op.drop_table("issue_member")
    op.drop_table("alert")
    op.drop_table("proposal")
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
