DO $$
DECLARE
    relation record;
    list record;
BEGIN
    SET CONSTRAINTS ALL IMMEDIATE;
    FOR pass IN 1..3 LOOP
        FOR relation IN SELECT c.oid, c.oid::regclass AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 's') ORDER BY 2
        LOOP
            FOR number IN 1..2 LOOP
                SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS names,
                    string_agg(CASE
                        WHEN t.typtype = 'e' THEN (SELECT quote_literal(min(enumlabel)) FROM pg_enum WHERE enumtypid = t.oid)
                        WHEN t.typtype = 'c' THEN quote_literal('(' || number || repeat(',' || number, (SELECT relnatts - 1 FROM pg_class WHERE oid = t.typrelid)) || ')')
                        WHEN e.typtype = 'e' THEN (SELECT quote_literal('{' || quote_ident(min(enumlabel)) || '}') FROM pg_enum WHERE enumtypid = e.oid)
                        WHEN t.typcategory = 'A' THEN '''{}'''
                        WHEN t.typcategory = 'N' OR t.typtype = 'd' THEN number::text
                        WHEN t.typcategory = 'B' THEN 'true'
                        WHEN t.typcategory = 'D' THEN format('''2020-01-0%s''', number)
                        WHEN t.typname = 'uuid' THEN format('''00000000-0000-0000-0000-00000000000%s''', number)
                        WHEN t.typname = 'jsonb' THEN format('''{"k": %s}''', number)
                        WHEN t.typcategory = 'R' THEN format('''[%s0,%s5)''', number, number)
                        ELSE format('''%s''', number)
                    END, ', ' ORDER BY a.attnum) AS values
                INTO list
                FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type e ON e.oid = t.typelem
                WHERE a.attrelid = relation.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity <> 'a';
                BEGIN
                    IF list.names IS NULL THEN
                        EXECUTE format('INSERT INTO %s DEFAULT VALUES', relation.name);
                    ELSE
                        EXECUTE format('INSERT INTO %s (%s) VALUES (%s)', relation.name, list.names, list.values);
                    END IF;
                EXCEPTION WHEN OTHERS THEN
                    NULL;
                END;
            END LOOP;
        END LOOP;
    END LOOP;
END $$;
