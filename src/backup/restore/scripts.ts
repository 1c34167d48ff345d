import { literal, quoted } from '../../interfaces/postgres.ts';

/**
 * Pure: of what pg_dumpall writes, the statements for a server that has these roles already. `fresh`: a server of its own, whose roles become
 * those of the source; on one that serves others, a role that is there stays as it is. Tablespaces are the server's own.
 */
export function rolesFor(globals: string, there: ReadonlySet<string>, fresh: boolean): string[] {
  return statements(globals).flatMap((statement) => {
    const [, verb, role] = /^(CREATE|ALTER|COMMENT ON) ROLE ("(?:[^"]|"")+"|\w+)/.exec(statement) ?? [];
    if (verb !== undefined && role !== undefined) {
      const known = there.has(unquoted(role));
      if (!known) return [statement];
      // Or nobody could go on with the password that led here.
      return fresh && verb !== 'CREATE' ? [statement.replace(/ PASSWORD '[^']*'/, '')] : [];
    }
    const [, grantee] = /^GRANT .* TO ("(?:[^"]|"")+"|\w+)/.exec(statement) ?? [];
    return grantee !== undefined && (fresh || !there.has(unquoted(grantee))) && !/ ON TABLESPACE /.test(statement) ? [statement] : [];
  });
}

/** Pure: of a dump's script for its database, what is said of it: settings, rights, its comment; of a database of another name. */
export function propertiesFor(script: string, from: string, to: string): string[] {
  const [old, plain] = [quoted(from), from];
  return statements(script).flatMap((statement) => {
    const found =
      /^(ALTER DATABASE |ALTER ROLE (?:"(?:[^"]|"")+"|\w+) IN DATABASE |(?:GRANT|REVOKE) [^;]*? ON DATABASE |COMMENT ON DATABASE )/.exec(
        statement,
      );
    const head = found?.[0];
    if (head === undefined) return [];
    const rest = statement.slice(head.length);
    const name = [old, plain].find((each) => rest.startsWith(`${each} `));
    return name === undefined ? [] : [`${head}${quoted(to)}${rest.slice(name.length)}`];
  });
}

/** Statements that end at a line's end, outside of any text; what speaks to psql, and settings of the script, are left out. */
function statements(script: string): string[] {
  const found: string[] = [];
  let open = '';
  for (const line of script.split('\n')) {
    if (open === '' && /^(--|\\|$|SET |SELECT )/.test(line)) continue;
    open += open === '' ? line : `\n${line}`;
    const isOutside = (open.match(/'/g)?.length ?? 0) % 2 === 0;
    if (!isOutside || !line.endsWith(';')) continue;
    found.push(open.slice(0, -1));
    open = '';
  }
  return found;
}

const unquoted = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);

const ICU = 'i';

/** Pure: makes a database like the one that was dumped (`DATABASE` of `../database/queries.ts`). */
export function createDatabase(name: string, database: Readonly<Record<string, string>>, serverMajor: number): string {
  const { owner = '', encoding = 'UTF8', collate = '', ctype = '', provider, locale = '', limit = '-1' } = database;
  const icu = serverMajor >= 15 && provider === ICU ? ` LOCALE_PROVIDER icu ICU_LOCALE ${literal(locale)}` : '';
  const locales = provider === 'b' ? ` LOCALE_PROVIDER builtin BUILTIN_LOCALE ${literal(locale)}` : icu;
  const how = `ENCODING ${literal(encoding)} LC_COLLATE ${literal(collate)} LC_CTYPE ${literal(ctype)}${locales}`;
  return `CREATE DATABASE ${quoted(name)} WITH OWNER ${quoted(owner)} TEMPLATE template0 ${how} CONNECTION LIMIT ${limit}`;
}
