import { describe, expect, test } from '@jest/globals';
import { definitionsIn } from '../../../src/backup/database/definitions.ts';
import { readDrill, readManifest } from '../../../src/backup/layout/documents.ts';
import { backupId, sequenceOf } from '../../../src/backup/layout/ids.ts';
import { partBytes } from '../../../src/backup/layout/paths.ts';
import { createDatabase, propertiesFor, rolesFor } from '../../../src/backup/restore/scripts.ts';
import { readRecipients } from '../../../src/backup/take/recipients.ts';
import { moved } from '../../../src/backup/take/sequences.ts';
import { ofDatabase, sequenceValues } from '../../../src/tools/postgres/entries.ts';

const GLOBALS = `\\restrict abc
SET default_transaction_read_only = off;
CREATE ROLE app;
ALTER ROLE app WITH LOGIN PASSWORD 'SCRAM-SHA-256$4096:x$y:z';
CREATE ROLE "Odd ""Role""";
COMMENT ON ROLE "Odd ""Role""" IS 'two
lines;
it''s';
CREATE ROLE postgres;
ALTER ROLE postgres WITH SUPERUSER PASSWORD 'SCRAM-SHA-256$4096:a$b:c';
ALTER ROLE app SET work_mem TO '8MB';
GRANT app TO "Odd ""Role""" GRANTED BY postgres;
CREATE TABLESPACE fast OWNER app LOCATION '/fast';
GRANT CREATE ON TABLESPACE fast TO app;
`;

describe('roles', () => {
  test('on a server of its own become those of the source; whoever is connected keeps the password', () => {
    expect(rolesFor(GLOBALS, new Set(['postgres']), true)).toEqual([
      'CREATE ROLE app',
      "ALTER ROLE app WITH LOGIN PASSWORD 'SCRAM-SHA-256$4096:x$y:z'",
      'CREATE ROLE "Odd ""Role"""',
      `COMMENT ON ROLE "Odd ""Role""" IS 'two\nlines;\nit''s'`,
      'ALTER ROLE postgres WITH SUPERUSER',
      "ALTER ROLE app SET work_mem TO '8MB'",
      'GRANT app TO "Odd ""Role""" GRANTED BY postgres',
    ]);
  });

  test('that are there stay as they are on a server that serves others', () => {
    expect(rolesFor(GLOBALS, new Set(['postgres', 'app']), false)).toEqual([
      'CREATE ROLE "Odd ""Role"""',
      `COMMENT ON ROLE "Odd ""Role""" IS 'two\nlines;\nit''s'`,
      'GRANT app TO "Odd ""Role""" GRANTED BY postgres',
    ]);
  });
});

describe('a database', () => {
  test('gets what was said of it under its new name', () => {
    const script = `-- Name: todo; Type: DATABASE PROPERTIES; Schema: -; Owner: app
ALTER DATABASE todo SET statement_timeout TO '1h';
ALTER ROLE app IN DATABASE todo SET search_path TO 'public', 'audit';
ALTER DATABASE todo2 SET x TO 'y';
COMMENT ON DATABASE todo IS 'two
lines; it''s odd';
GRANT CONNECT ON DATABASE todo TO reader;`;
    expect(propertiesFor(script, 'todo', 'the "new" one')).toEqual([
      `ALTER DATABASE "the ""new"" one" SET statement_timeout TO '1h'`,
      `ALTER ROLE app IN DATABASE "the ""new"" one" SET search_path TO 'public', 'audit'`,
      `COMMENT ON DATABASE "the ""new"" one" IS 'two\nlines; it''s odd'`,
      `GRANT CONNECT ON DATABASE "the ""new"" one" TO reader`,
    ]);
  });

  test('is made with the locale of the one that was dumped', () => {
    const database = { owner: 'app', encoding: 'UTF8', collate: 'C', ctype: "it's", provider: 'i', locale: 'de', limit: '-1' };
    expect(createDatabase('todo', database, 17)).toBe(
      `CREATE DATABASE "todo" WITH OWNER "app" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'it''s' LOCALE_PROVIDER icu ICU_LOCALE 'de' CONNECTION LIMIT -1`,
    );
  });

  test('of a whole script only what is about it is taken', () => {
    const script = [
      '-- Name: todo; Type: DATABASE; Schema: -; Owner: app',
      'a',
      '-- Name: t; Type: TABLE; Schema: public; Owner: app',
      'b',
      '-- Name: DATABASE todo; Type: ACL; Schema: -; Owner: app',
      'c',
    ];
    expect(
      ofDatabase(script.join('\n'))
        .split('\n')
        .filter((line) => !line.startsWith('--')),
    ).toEqual(['a', 'c']);
  });
});

describe('definitions', () => {
  const script = (owner: string, grants: string) => `--
-- Name: t; Type: TABLE; Schema: public; Owner: ${owner}
--

CREATE TABLE public.t (a int);

SET default_tablespace = '';

--
-- Name: TABLE t; Type: ACL; Schema: public; Owner: ${owner}
--

${grants}
`;
  test('are the same in whatever order grants stand, and whatever the script sets', () => {
    const one = definitionsIn(script('app', 'GRANT SELECT ON t TO a;\nGRANT SELECT ON t TO b;'), 'columns');
    expect(Object.keys(one)).toEqual(['TABLE public.t', 'ACL public.TABLE t']);
    expect(
      definitionsIn(
        script('app', 'GRANT SELECT ON t TO b;\nGRANT SELECT ON t TO a;').replace("SET default_tablespace = '';\n", ''),
        'columns',
      ),
    ).toEqual(one);
    expect(definitionsIn(script('other', ''), 'columns')['TABLE public.t']).not.toBe(one['TABLE public.t']);
  });

  test('do not depend on the order of columns where a table inherits, since a dump does not keep it', () => {
    const table = (...lines: string[]) => script('app', '').replace('(a int);', `(\n    ${lines.join(',\n    ')}\n)\nINHERITS (public.p);`);
    const of = (text: string, hashing: 'text' | 'columns' = 'columns') => definitionsIn(text, hashing)['TABLE public.t'];
    expect(of(table('a text', 'more integer', 'b text'))).toBe(of(table('b text', 'a text', 'more integer')));
    expect(of(table('a text', 'b text'))).not.toBe(of(table('a text', 'b integer')));
    // The first manifests have another hash of it.
    expect(of(table('a text', 'b text'), 'text')).not.toBe(of(table('b text', 'a text'), 'text'));
    const plain = (text: string) => text.replace('INHERITS (public.p)', '');
    expect(of(plain(table('a text', 'b text')))).not.toBe(of(plain(table('b text', 'a text'))));
  });
});

describe('sequences', () => {
  test('are read beyond 2^53, under whatever names', () => {
    const script = `SELECT pg_catalog.setval('public.todo_id_seq', 9007199254740993, true);\nSELECT pg_catalog.setval('public."it''s"', -1, false);\n\\restrict`;
    expect(sequenceValues(script)).toEqual([
      { name: 'public.todo_id_seq', value: '9007199254740993', called: true },
      { name: `public."it's"`, value: '-1', called: false },
    ]);
  });

  test('that were set back during a dump are noticed', () => {
    const at = (value: string) => [{ name: 's', value, called: true }];
    expect(moved(at('5'), at('7'), at('9'))).toEqual([]);
    expect(moved(at('-5'), at('-7'), at('-9'))).toEqual([]);
    expect(moved(at('5'), at('1'), at('9'))).toEqual(['s']);
  });
});

describe('ids and documents', () => {
  test('an id holds its sequence', () => {
    const id = backupId(42, Date.UTC(2026, 2, 1, 3), '7f3a9c');
    expect(id).toBe('000042-20260301T030000Z-7f3a9c');
    expect(sequenceOf(id)).toBe(42);
    for (const other of ['42', '000042', '000042-20260301T030000Z-7f3a9c/x', '../000042-20260301T030000Z-7f3a9c'])
      expect(sequenceOf(other)).toBeUndefined();
  });

  test('parts are large enough that there are never too many, and small enough to be sent again', () => {
    expect([0, 1e9, 1e11, 1e12].map(partBytes)).toEqual([33_554_432, 33_554_432, 500_000_000, 1_073_741_824]);
  });

  test.each(['', '[]', '{}', '{"schema": 2}', '{"schema": 1}', 'x'])('"%s" is no manifest and no record of a drill', (text) => {
    expect(() => readManifest('000042-20260301T030000Z-7f3a9c', text)).toThrow(/The manifest of backup .* cannot be read/);
    expect(() => readDrill('000042-20260301T030000Z-7f3a9c', text)).toThrow(/drill's record of backup .* cannot be read/);
  });
});

describe('recipients', () => {
  const [one, two] = ['q', 'p'].map((letter) => `age1${letter.repeat(58)}`);
  test('are two at least, one a line or a word', () => {
    expect(readRecipients(`# offline\n${one} # the safe\n${two}\n${one}`)).toEqual([one, two]);
  });
  test('a private key is never quoted', () => {
    const secret = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`;
    expect(() => readRecipients(`${one} ${secret}`)).toThrow(/key number 2 is no public key of age$/);
  });
});
