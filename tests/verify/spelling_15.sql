CREATE STATISTICS pairs ON (s IN ('a', 'b')), n FROM t;
CREATE FUNCTION of_standard(x varchar) RETURNS boolean LANGUAGE sql RETURN x IN ('a', 'b');
CREATE FUNCTION of_statements(x varchar) RETURNS SETOF boolean LANGUAGE sql
    BEGIN ATOMIC SELECT x IN ('a', 'b'); SELECT x IN ('c', 'd'); END;
CREATE PUBLICATION p FOR TABLE t WHERE (n > 1 AND n BETWEEN 2 AND 3);
