import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { writeFiles } from '../../../../src/actions/init/write.ts';

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'todo-deploy-init-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const PATHS = [
  '.github/workflows/deploy.yml',
  '.github/workflows/rollback.yml',
  'deploy/role.yaml',
  'chart/Chart.yaml',
  'chart/templates/web.yaml',
];
const FILES = PATHS.map((path) => ({ path, content: `of init: ${path}\n` }));

/** Everything below a folder: files with their content, links with where they lead. */
function seen(folder: string, below = ''): Record<string, string> {
  const entries = readdirSync(join(folder, below), { withFileTypes: true }).map((entry): Record<string, string> => {
    const path = join(below, entry.name);
    if (entry.isDirectory()) return seen(folder, path);
    return {
      [path]: lstatSync(join(folder, path)).isSymbolicLink()
        ? `→ ${readlinkSync(join(folder, path))}`
        : readFileSync(join(folder, path), 'utf8'),
    };
  });
  return Object.assign({}, ...entries);
}

const put = (root: string, path: string, content: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
};

describe('what init writes', () => {
  test('whatever is there before is there afterwards, and nothing outside changes', () => {
    const there = fc.record({
      path: fc.constantFrom(...PATHS, 'chart/values.yaml', 'README.md'),
      what: fc.constantFrom('other', 'same', 'empty', 'link', 'dangling'),
    });
    const links = fc.constantFrom(undefined, '.github', '.github/workflows', 'deploy', 'chart/templates');
    fc.assert(
      fc.property(fc.uniqueArray(there, { selector: ({ path }) => path, maxLength: 5 }), links, fc.boolean(), (before, link, dryRun) => {
        const base = mkdtempSync(join(top, 'run-'));
        const [root, outside] = [join(base, 'repository'), join(base, 'outside')];
        for (const folder of [root, outside]) mkdirSync(folder);
        put(outside, 'secret', 'of somebody else');
        for (const { path, what } of before) {
          if (link !== undefined && path.startsWith(`${link}/`)) continue;
          if (what !== 'link' && what !== 'dangling')
            put(root, path, what === 'same' ? `of init: ${path}\n` : what === 'empty' ? '' : 'mine\n');
          else {
            mkdirSync(dirname(join(root, path)), { recursive: true });
            symlinkSync(what === 'link' ? join(outside, 'secret') : join(outside, 'none'), join(root, path));
          }
        }
        if (link !== undefined) {
          mkdirSync(dirname(join(root, link)), { recursive: true });
          symlinkSync(outside, join(root, link));
        }
        const [own, others] = [seen(root), seen(outside)];
        const result = writeFiles(root, FILES, dryRun);
        expect(seen(outside)).toEqual(others);
        const after = seen(root);
        expect(after).toMatchObject(own);
        const written = result.filter(({ state }) => state === 'written').map(({ path }) => path);
        expect(
          Object.keys(after)
            .filter((path) => !(path in own))
            .sort(),
        ).toEqual([...written].sort());
        if (dryRun) expect(written).toEqual([]);
        for (const { path, content, state } of result) {
          if (state === 'written' || state === 'same') expect(readFileSync(join(root, path), 'utf8')).toBe(content);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('a file, or a link that leads nowhere, where a folder would be', () => {
    put(top, 'deploy', 'a file');
    symlinkSync(join(top, 'nowhere'), join(top, 'chart'));
    for (const dryRun of [true, false]) {
      expect(
        writeFiles(top, FILES, dryRun)
          .map(({ state }) => state)
          .slice(2),
      ).toEqual(['kept', 'kept', 'kept']);
    }
    expect(readFileSync(join(top, 'deploy'), 'utf8')).toBe('a file');
  });

  test('what became of each file is told apart', () => {
    put(top, 'deploy/role.yaml', 'of init: deploy/role.yaml\n');
    put(top, 'chart/Chart.yaml', 'name: mine\n');
    const states = (dryRun: boolean) => writeFiles(top, FILES, dryRun).map(({ state }) => state);
    expect(states(true)).toEqual(['planned', 'planned', 'same', 'kept', 'planned']);
    expect(states(false)).toEqual(['written', 'written', 'same', 'kept', 'written']);
    expect(states(false)).toEqual(['same', 'same', 'same', 'kept', 'same']);
  });
});
