--
-- PostgreSQL database dump
--

\restrict 4LOblKydAt8rwL4WEmTeIj2dqKvWHm8OkjMemq0VMbXRCqei3YobVkGs0iJ6KFl

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: mood; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.mood AS ENUM (
    'happy',
    'it''s'
);


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: log; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.log (
    id integer,
    at timestamp with time zone
);


--
-- Name: note; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.note (
    id integer NOT NULL,
    body text DEFAULT ';'::text,
    feeling public.mood
);


--
-- Name: TABLE note; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.note IS 'semi; it''s \ odd';


--
-- Name: clear(); Type: PROCEDURE; Schema: public; Owner: -
--

CREATE PROCEDURE public.clear()
    LANGUAGE sql
    BEGIN ATOMIC
 DELETE FROM public.log;
 DELETE FROM public.note;
END;


--
-- Name: count_notes(public.mood); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.count_notes(wanted public.mood) RETURNS bigint
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT count(*) AS "end"
    FROM public.note
   WHERE (note.feeling = count_notes.wanted);
 SELECT
         CASE
             WHEN (wanted = 'happy'::public.mood) THEN
             CASE 1
                 WHEN 1 THEN 2
                 ELSE NULL::integer
             END
             ELSE 0
         END AS "case";
END;


--
-- Name: quoted(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.quoted() RETURNS text
    LANGUAGE sql
    AS $_X$select '$_$;' || E'\''$_X$;


--
-- Name: touch(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
begin
  insert into log values (new.id, now()); -- it's $$ here
  return new;
end;
$_$;


--
-- Name: v; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.v AS
 SELECT note.id,
        CASE
            WHEN (note.id > 1) THEN 'a;'::text
            ELSE 'b'::text
        END AS "c;d"
   FROM public.note;


--
-- Data for Name: log; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.log (id, at) FROM stdin;
1	2025-01-01 00:00:00+00
\.


--
-- Data for Name: note; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.note (id, body, feeling) FROM stdin;
1	tab\there; \\. and\nnewline	happy
2	\N	it's
3	\\.	happy
\.


--
-- Name: note note_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.note
    ADD CONSTRAINT note_pkey PRIMARY KEY (id);


--
-- Name: note twice; Type: RULE; Schema: public; Owner: -
--

CREATE RULE twice AS
    ON DELETE TO public.note DO ( INSERT INTO public.log (id, at)
  VALUES (old.id, now());
 UPDATE public.log SET at = now()
  WHERE (log.id = old.id);
);


--
-- Name: note touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER touched AFTER INSERT ON public.note FOR EACH ROW EXECUTE FUNCTION public.touch();


--
-- PostgreSQL database dump complete
--

\unrestrict 4LOblKydAt8rwL4WEmTeIj2dqKvWHm8OkjMemq0VMbXRCqei3YobVkGs0iJ6KFl

