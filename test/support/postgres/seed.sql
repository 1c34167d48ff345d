CREATE ROLE app LOGIN;
CREATE ROLE reader;
CREATE ROLE "Odd ""Role""" NOLOGIN;
GRANT reader TO app;
ALTER ROLE app SET work_mem = '8MB';
CREATE DATABASE todo OWNER app;
\connect todo
CREATE SCHEMA audit AUTHORIZATION reader;
CREATE TYPE public.mood AS ENUM ('ok', 'bad');
CREATE DOMAIN public.positive AS int CHECK (value > 0);
CREATE TABLE public.todo (
  id bigserial PRIMARY KEY, title text NOT NULL DEFAULT 'untitled', done boolean DEFAULT false, at timestamptz DEFAULT now(),
  n numeric, f float8, j jsonb, b bytea, m public.mood, tags text[], span interval,
  half numeric GENERATED ALWAYS AS (n / 2) STORED
);
ALTER TABLE public.todo OWNER TO app;
GRANT SELECT ON public.todo TO reader;
GRANT UPDATE (title) ON public.todo TO reader WITH GRANT OPTION;
INSERT INTO public.todo (title, n, f, j, b, m, tags, span)
  SELECT 'todo ' || i, i / 7.0, sqrt(i), jsonb_build_object('i', i), sha256(i::text::bytea) || sha256((i * 7)::text::bytea), 'ok',
    ARRAY['a', NULL, i::text], make_interval(secs => i) FROM generate_series(1, 8000) i;
CREATE TABLE audit.log (who int, what text);
ALTER TABLE audit.log OWNER TO reader;
INSERT INTO audit.log SELECT i % 10, 'the same' FROM generate_series(1, 1000) i;
CREATE INDEX todo_title ON public.todo (title);
CREATE VIEW public.open_todo AS SELECT * FROM public.todo WHERE NOT done;
CREATE MATERIALIZED VIEW public.counts AS SELECT done, count(*) FROM public.todo GROUP BY done;
CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN new.at = now(); RETURN new; END -- it's odd
$$;
CREATE TRIGGER todo_touch BEFORE UPDATE ON public.todo FOR EACH ROW EXECUTE FUNCTION public.touch();
CREATE TABLE public.parted (id int, kind text) PARTITION BY LIST (kind);
CREATE TABLE public.parted_a PARTITION OF public.parted FOR VALUES IN ('a');
INSERT INTO public.parted SELECT i, 'a' FROM generate_series(1, 100) i;
CREATE TABLE public."Odd ""Name"" 'q'" ("Col" text, t int);
INSERT INTO public."Odd ""Name"" 'q'" VALUES (E'a\nb', 1), (NULL, 2), ('', NULL);
CREATE UNLOGGED TABLE public.cache AS SELECT 1 AS one;
CREATE TABLE public.none ();
CREATE SEQUENCE public.tickets INCREMENT BY -1;
SELECT setval('public.todo_id_seq', 9007199254740993);
SELECT lo_from_bytea(4242, sha256('x'));
SELECT lo_from_bytea(4243, convert_to(repeat('0123456789abcdef', 150000), 'UTF8'));
SELECT lo_from_bytea(4244, '');
GRANT SELECT ON LARGE OBJECT 4242 TO reader;
CREATE PUBLICATION every FOR TABLE public.todo;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader;
COMMENT ON TABLE public.todo IS 'What has to be done';
COMMENT ON DATABASE todo IS E'two\nlines; it''s odd';
ALTER DATABASE todo SET statement_timeout = '1h';
ALTER ROLE app IN DATABASE todo SET search_path = 'public', 'audit';
REVOKE CONNECT ON DATABASE todo FROM PUBLIC;
GRANT CONNECT ON DATABASE todo TO reader;
