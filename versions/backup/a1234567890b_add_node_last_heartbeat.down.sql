ALTER TABLE node DROP COLUMN last_heartbeat;
