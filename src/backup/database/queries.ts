import { literal } from '../../interfaces/postgres.ts';

/** Each answers with one column, JSON. Whatever a session is set to, a value has one text. */
export const ONE_TEXT = [
  "SET datestyle = 'ISO, YMD'",
  "SET intervalstyle = 'postgres'",
  "SET timezone = 'UTC'",
  'SET extra_float_digits = 3',
  "SET bytea_output = 'hex'",
  "SET lc_monetary = 'C'",
  "SET xmlbinary = 'base64'",
  // Sessions take pieces of tables; a server that split those once more would be busier than it was asked to be.
  'SET max_parallel_workers_per_gather = 0',
  'SET jit = off',
  'SET row_security = off',
].join('; ');

/** Of the server's own. */
const NOT_SYSTEM = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'`;
const IN_EXTENSION = (catalog: string, oid: string): string =>
  `EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = '${catalog}'::pg_catalog.regclass AND d.objid = ${oid} AND d.deptype = 'e')`;

const SORTED = (list: string): string =>
  `coalesce((SELECT pg_catalog.jsonb_agg(a::text ORDER BY a::text COLLATE "C") FROM unnest(${list}) a), '[]')`;

const FROM_TABLES = (...kinds: readonly string[]): string => `FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN (SELECT u.config, u.condition FROM pg_catalog.pg_extension e, unnest(e.extconfig, e.extcondition) u(config, condition)) x
  ON x.config = c.oid
WHERE c.relkind IN (${kinds.map(literal).join(', ')}) AND c.relpersistence <> 't' AND ${NOT_SYSTEM}
  AND (x.config IS NOT NULL OR NOT ${IN_EXTENSION('pg_catalog.pg_class', 'c.oid')})
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

/** Tables whose rows a dump carries; an extension's own tables only as far as it asks for it (`condition`). */
export const TABLES = `
SELECT pg_catalog.jsonb_build_object(
  'name', pg_catalog.format('%I.%I', n.nspname, c.relname), 'kind', c.relkind, 'condition', coalesce(x.condition, ''),
  'readable', pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE'),
  'hidden', pg_catalog.row_security_active(c.oid))
${FROM_TABLES('r', 'S')}`;

/** Of the same tables those with rows, with their columns and, where a part of one can be read alone, its size in blocks. */
export const ROWS = `
SELECT pg_catalog.jsonb_build_object(
  'name', pg_catalog.format('%I.%I', n.nspname, c.relname), 'condition', coalesce(x.condition, ''),
  'blocks', CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 140000 AND coalesce(x.condition, '') = ''
    THEN coalesce(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::int ELSE 0 END,
  'columns', coalesce((SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'name', pg_catalog.format('%I', a.attname), 'type', pg_catalog.format_type(a.atttypid, NULL), 'filled', a.atttypmod > 4)
      ORDER BY a.attname COLLATE "C")
    FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'))
${FROM_TABLES('r')}`;

/** A piece of a large object at a time: it may be larger than a value. */
const PIECE = 1024 * 1024;
const READ = 0x40000;
export const LARGE_OBJECTS = `
SELECT pg_catalog.jsonb_build_object('oid', m.oid::text, 'owner', pg_catalog.pg_get_userbyid(m.lomowner),
  'acl', ${SORTED("coalesce(m.lomacl, pg_catalog.acldefault('L', m.lomowner))")}, 'bytes', s.bytes::text,
  'hash', pg_catalog.encode(pg_catalog.sha256((SELECT coalesce(pg_catalog.string_agg(pg_catalog.sha256(pg_catalog.lo_get(m.oid, at, ${PIECE})), ''::bytea ORDER BY at), ''::bytea)
    FROM pg_catalog.generate_series(0, greatest(s.bytes - 1, 0), ${PIECE}) at)), 'hex'))
FROM pg_catalog.pg_largeobject_metadata m,
  LATERAL (SELECT pg_catalog.lo_lseek64(pg_catalog.lo_open(m.oid, ${READ}), 0, 2) AS bytes) s
ORDER BY m.oid`;

export const UNREADABLE_LARGE_OBJECTS = `
SELECT pg_catalog.jsonb_build_object('oid', m.oid::text)
FROM pg_catalog.pg_largeobject_metadata m
WHERE NOT pg_catalog.pg_has_role(m.lomowner, 'USAGE') AND NOT EXISTS (
  SELECT FROM pg_catalog.aclexplode(m.lomacl) a
  WHERE a.privilege_type = 'SELECT' AND (a.grantee = 0 OR pg_catalog.pg_has_role(a.grantee, 'USAGE')))
ORDER BY m.oid LIMIT 10`;

export const EXTENSIONS = `
SELECT pg_catalog.jsonb_build_object('name', e.extname, 'is', e.extversion || ' in schema ' || n.nspname)
FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace ORDER BY e.extname COLLATE "C"`;

/** Passwords aside, which most roles may not read. */
export const ROLES = `
SELECT pg_catalog.jsonb_build_object('name', r.rolname, 'is', pg_catalog.jsonb_build_object(
  'super', r.rolsuper, 'inherit', r.rolinherit, 'createrole', r.rolcreaterole, 'createdb', r.rolcreatedb, 'login', r.rolcanlogin,
  'replication', r.rolreplication, 'bypassrls', r.rolbypassrls, 'limit', r.rolconnlimit, 'until', r.rolvaliduntil,
  'settings', ${SORTED('r.rolconfig')},
  'memberOf', coalesce((SELECT pg_catalog.jsonb_agg(DISTINCT g.rolname || CASE WHEN m.admin_option THEN ' with admin' ELSE '' END)
    FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid), '[]'))::text)
FROM pg_catalog.pg_roles r WHERE r.rolname !~ '^pg_' ORDER BY r.rolname COLLATE "C"`;

/** Locales by whatever names this version has for them. */
export const DATABASE = `
SELECT pg_catalog.jsonb_build_object('owner', pg_catalog.pg_get_userbyid(d.datdba), 'encoding', pg_catalog.pg_encoding_to_char(d.encoding),
  'collate', coalesce(pg_catalog.to_jsonb(d) ->> 'datcollate', ''), 'ctype', coalesce(pg_catalog.to_jsonb(d) ->> 'datctype', ''),
  'provider', coalesce(pg_catalog.to_jsonb(d) ->> 'datlocprovider', 'c'),
  'locale', coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale', pg_catalog.to_jsonb(d) ->> 'daticulocale', ''),
  'limit', d.datconnlimit::text,
  'acl', ${SORTED("coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))")}::text,
  'settings', coalesce((SELECT pg_catalog.jsonb_agg(coalesce(r.rolname, '') || ' ' || c ORDER BY coalesce(r.rolname, '') || ' ' || c COLLATE "C")
    FROM pg_catalog.pg_db_role_setting s LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) c
    WHERE s.setdatabase = d.oid), '[]')::text)
FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()`;

/** What a server says of itself and of the role that asks. */
export const SERVER = `
SELECT pg_catalog.jsonb_build_object('version', pg_catalog.current_setting('server_version'),
  'number', pg_catalog.current_setting('server_version_num')::int, 'role', current_user, 'super', r.rolsuper,
  'tellsSystem', pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE'),
  'bytes', pg_catalog.pg_database_size(pg_catalog.current_database())::text, 'database', pg_catalog.current_database())
FROM pg_catalog.pg_roles r WHERE r.rolname = current_user`;

export const SYSTEM = `SELECT pg_catalog.jsonb_build_object('system', system_identifier::text) FROM pg_catalog.pg_control_system()`;
