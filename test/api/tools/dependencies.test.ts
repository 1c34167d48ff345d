import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HelmCli } from '../../../src/tools/helm/cli.ts';
import { failure, runner, workplace } from '../support/api.ts';

const { namespace, folder, kubernetes, files } = workplace('td-dependencies');
const helm = new HelmCli({
  runner,
  helmPath: 'helm',
  kubernetes,
  relay: kubernetes.relay,
  files,
  namespace,
});
const run = (...args: string[]) => runner.run({ command: ['helm', ...args], env: {}, timeoutMs: 60_000 });

/** A chart with one ConfigMap; `dependency` in YAML. */
function chart(path: string, dependency?: string): string {
  const at = join(folder, path);
  const name = path.split('/').at(-1);
  mkdirSync(join(at, 'templates'), { recursive: true });
  writeFileSync(
    join(at, 'Chart.yaml'),
    `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${dependency ? `dependencies: [${dependency}]\n` : ''}`,
  );
  writeFileSync(join(at, 'templates/a.yaml'), `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: of-${name}}\n`);
  return at;
}

/** What is committed: the lock, and no `charts/`. */
async function locked(at: string): Promise<string> {
  await run('dependency', 'update', at);
  rmSync(join(at, 'charts'), { recursive: true });
  return at;
}
const render = (path: string) => helm.render({ release: 'app', chart: path, values: { files: [] }, install: true });

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const file = join(folder, 'repository', request.url ?? '');
    if (existsSync(file)) response.end(readFileSync(file));
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  mkdirSync(join(folder, 'repository'));
  await run('package', chart('remote'), '--destination', join(folder, 'repository'));
  await run('repo', 'index', join(folder, 'repository'), '--url', url);
}, 60_000);
afterAll(() => void server.close());

describe('dependencies that are not in charts/', () => {
  test('are taken from where the lock’s repositories have them, and the checkout stays as it is', async () => {
    chart('work/common');
    const near = await locked(chart('work/near', '{name: common, version: 1.x.x, repository: "file://../common"}'));
    const far = await locked(chart('work/far', `{name: remote, version: ^1.0.0, repository: "${url}"}`));
    for (const [path, name] of [
      [near, 'common'],
      [far, 'remote'],
    ] as const) {
      const { manifest } = await render(path);
      expect(manifest).toContain(`name: of-${name}`);
      expect(readdirSync(path).sort()).toEqual(['Chart.lock', 'Chart.yaml', 'templates']);
      // Once per chart, and its definitions come from the same copy.
      expect((await render(path)).manifest).toBe(manifest);
      expect((await helm.crds(path)).trim()).toBe('');
    }
  }, 60_000);

  test('without a lock nobody says which: one command', async () => {
    const path = chart('work/loose', '{name: common, version: 1.x.x, repository: "file://../common"}');
    const error = await failure(render(path));
    expect(error.message).toBe(
      `The chart ${path} needs other charts that are not in its folder charts/, and it has no lock that says which`,
    );
    expect(error.hint).toBe(`run \`helm dependency update ${path}\` in a step before this one, or commit the lock that it writes`);
  });

  test('that cannot be had: why, and one command', async () => {
    const path = join(folder, 'work/gone');
    cpSync(join(folder, 'work/far'), path, { recursive: true });
    rmSync(join(folder, 'repository/remote-1.0.0.tgz'));
    const error = await failure(render(path));
    expect(error.message).toContain(`The chart ${path} needs other charts that are not in its folder charts/, and they cannot be had: `);
    expect(error.message).toContain('remote-1.0.0.tgz');
    expect(error.hint).toBe(`run \`helm dependency build ${path}\` in a step before this one`);
  }, 60_000);
});
