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
CREATE TABLE public.kinds (
  i int, big bigint, n int, m int, f float8, num numeric, t text, v varchar(9), c char(3), u uuid, j json, span interval, d date, tags text[],
  mood public.mood, p public.positive, raw bytea
);
INSERT INTO public.kinds VALUES
  (1, 4294967296, 1, 2, 0, 1.5, 'a', 'b', 'c', '00000000-0000-4000-8000-000000000001', '{"a":2,"b":1}', '1 day', 'today', '{a,b}', 'ok', 7),
  (2, -1, NULL, 0, 'Infinity', 'NaN', NULL, '', '', NULL, NULL, '-1 month', 'infinity', NULL, NULL, NULL),
  (3, NULL, NULL, NULL, '-Infinity'::float8 - '-Infinity', 100, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}', 'bad', 1);
INSERT INTO public.kinds (i, big, n, m, f, num, t) VALUES
  (11, 1, 1, 1, 1, 1, 'x'), (12, 1, 1, 1, 1, 1, 'y'), (13, 1, 1, 1, 1, 1, 'x'), (14, 1, 1, 1, 1, 1, 'y');
INSERT INTO public.kinds (i) VALUES (20), (20), (21), (21), (22);
-- No element is NULL any more, and the array still says that some are; the dump does not.
UPDATE public.kinds SET tags = '{NULL,z}' WHERE i = 2;
UPDATE public.kinds SET tags[1] = 'y' WHERE i = 2;
CREATE TABLE public.parent (b int, a text);
CREATE TABLE public.child (a text, more int, b int);
INSERT INTO public.child VALUES ('x', 1, 2);
-- Its columns come back in another order.
ALTER TABLE public.child INHERIT public.parent;
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
