-- Add node last_heartbeat
--
-- revision: a1234567890b
-- down_revision: f1234567890a
-- created: 2025-08-19T07:02:51Z

-- revgraph: only postgres
ALTER TABLE node ADD COLUMN last_heartbeat TIMESTAMPTZ;
-- revgraph: end

-- revgraph: only sqlite
ALTER TABLE node ADD COLUMN last_heartbeat DATETIME;
-- revgraph: end
