-- index the visits of an account
--
-- revision: b07a53e9f416
-- down_revision: 8e24d6b1c0fa
-- created: 2026-11-20T11:45:00Z
-- revgraph: no-transaction

CREATE INDEX CONCURRENTLY visit_account_id ON visit (account_id);
