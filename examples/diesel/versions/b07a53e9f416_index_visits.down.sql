-- revgraph: no-transaction

DROP INDEX CONCURRENTLY visit_account_id;
