//! What the binary does to real databases: each test runs on SQLite and on PostgreSQL.

mod traversal;
