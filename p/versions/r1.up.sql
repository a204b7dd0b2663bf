-- one
--
-- revision: r1
-- down_revision:

CREATE TABLE a (x int);
