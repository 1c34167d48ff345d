import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import { type ActionResult, errorsOf } from '../support/action.ts';
import { CANARIES, seenBy, watchPrograms } from '../support/programs.ts';
import { buildPlace, reportOf } from './build-push-support.ts';
import { jar, VULNERABLE } from './tools/trivy-support.ts';

const place = buildPlace('gate', {
  'bad/Dockerfile': 'FROM scratch\nCOPY . /\n',
  ...Object.fromEntries(Object.entries(VULNERABLE).map(([path, content]) => [`bad/${path}`, content])),
  'good/Dockerfile': 'FROM scratch\nCOPY hello /hello\n',
  'good/hello': 'hello',
});
const off = { cache: 'off' };
const findings = (result: ActionResult): string[] =>
  reportOf(result)
    .scans.flatMap((scan) => scan.findings.map(({ id }) => id))
    .sort();

describe('what a job happens to have set', () => {
  test('does not decide what is found: every flag of Trivy at its worst, through the action', async () => {
    const { workspace, cluster } = place;
    const help = execaSync('trivy', ['image', '--help'], { env: cluster.env }).stdout;
    const flags = [...help.matchAll(/^\s+(?:-\w, )?--([a-z][a-z-]+)( \w+)?/gm)];
    const variable = (name = ''): string => `TRIVY_${name.toUpperCase().replaceAll('-', '_')}`;
    const worst = Object.fromEntries(flags.map(([, name, type]) => [variable(name), type === undefined ? 'true' : '/nowhere']));
    place.write({ '.trivyignore-left': 'CVE-2026-90002\nprivate-key\n', 'trivy.yaml': 'scan:\n  skip-dirs: ["**"]\n' });
    const job = {
      ...worst,
      ...{ TRIVY_SKIP_DIRS: '**', TRIVY_SKIP_FILES: '**/*', TRIVY_SEVERITY: 'LOW', TRIVY_IGNORE_STATUS: 'affected,fixed' },
      ...{ TRIVY_IGNOREFILE: join(workspace, '.trivyignore-left'), TRIVY_CONFIG: join(workspace, 'trivy.yaml') },
      ...{ TRIVY_SECRET_CONFIG: join(workspace, 'trivy.yaml'), TRIVY_RUN_AS_PLUGIN: 'none' },
      // Where data comes from stays the job's.
      ...Object.fromEntries(Object.entries(cluster.env).filter(([name]) => name.startsWith('TRIVY_'))),
      ...{ TRIVY_SKIP_DB_UPDATE: '', TRIVY_CACERT: '', TRIVY_USERNAME: '', TRIVY_PASSWORD: '', TRIVY_REGISTRY_TOKEN: '' },
    };
    const plain = await place.main({ images: 'bad: ./bad', ...off });
    expect([findings(plain), plain.exitCode]).toEqual([['CVE-2026-90002', 'private-key'], 1]);
    const result = await place.main({ images: 'bad: ./bad', ...off }, job);
    expect([findings(result), errorsOf(result)]).toEqual([findings(plain), errorsOf(plain)]);
    const said = result.log.filter((line) => line.startsWith('Trivy does not get '));
    expect(said).toHaveLength(1);
    for (const name of ['TRIVY_SKIP_DIRS', 'TRIVY_IGNOREFILE', 'TRIVY_CONFIG', 'TRIVY_SEVERITY']) expect(said[0]).toContain(name);
  });

  test('is seen by no program: tokens of GitHub and DigitalOcean, the app’s and the build’s secrets', async () => {
    const watched = watchPrograms();
    const token = ['DIGITALOCEAN_ACCESS_TOKEN', 'canary-of-DIGITALOCEAN'] as const;
    const result = await place.main({ images: 'good: ./good', ...off }, { ...watched.env, [token[0]]: token[1] });
    const programs = watched.stop();
    expect(errorsOf(result)).toEqual([]);
    const commands = [...programs.keys()].join('\n');
    for (const program of ['buildx build', 'trivy image --input']) expect(commands).toContain(program);
    expect(seenBy(programs, [...CANARIES, token])).toEqual([]);
    const login = [...programs].filter(
      ([command, environment]) => /trivy image --input/.test(command) && /DOCKER_CONFIG=/.test(environment),
    );
    expect(login).toEqual([]);
  });
});

test('a build with GitHub’s cache gets that cache’s token, and nobody else', async () => {
  const watched = watchPrograms();
  const own = ['ACTIONS_RUNTIME_TOKEN', 'canary-of-ACTIONS_RUNTIME_TOKEN'] as const;
  const env = { ...watched.env, ACTIONS_RESULTS_URL: 'http://127.0.0.1:9/', ACTIONS_CACHE_SERVICE_V2: 'true' };
  await place.main({ images: 'good: ./good', push: 'false', cache: 'gha' }, env);
  const programs = watched.stop();
  const builds = [...programs].filter(([command]) => /buildx build /.test(command));
  expect(builds.length).toBeGreaterThan(0);
  expect(seenBy(new Map(builds), [own])).toHaveLength(builds.length);
  // Docker asks its plugin who it is.
  expect(seenBy(programs).filter((line) => !/buildx build |docker-cli-plugin-metadata/.test(line))).toEqual([]);
  expect(
    seenBy(
      programs,
      CANARIES.filter(([name]) => name !== own[0]),
    ),
  ).toEqual([]);
});

describe('Trivy’s databases', () => {
  /** A cache folder with the database, as a job restores it. */
  const kept = async (): Promise<string> => {
    const folder = join(place.workspace, '.kept');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    await place.main({ images: 'good: ./good', push: 'false', ...off });
    cpSync(join(place.cluster.env.TRIVY_CACHE_DIR ?? '', 'db'), join(folder, 'db'), { recursive: true });
    return folder;
  };

  test('kept by the job: it scans with the one that is there', async () => {
    const job = { TRIVY_CACHE_DIR: await kept(), TRIVY_SKIP_DB_UPDATE: 'true', TRIVY_DB_REPOSITORY: '127.0.0.1:9/trivy-db:2' };
    const result = await place.main({ images: 'good: ./good', ...off }, job);
    expect([errorsOf(result), result.outputs.pushed]).toEqual([[], 'true']);
    const blocked = await place.main({ images: 'bad: ./bad', ...off }, job);
    expect(findings(blocked)).toEqual(['CVE-2026-90002', 'private-key']);
  });

  test('a .jar needs one that cannot be had: one line, and nothing is pushed', async () => {
    mkdirSync(join(place.workspace, 'java'), { recursive: true });
    writeFileSync(join(place.workspace, 'java', 'Dockerfile'), 'FROM scratch\nCOPY tool.jar /opt/tool.jar\n');
    writeFileSync(join(place.workspace, 'java', 'tool.jar'), jar());
    const before = await place.registry.snapshot(place.prefix);
    const job = { TRIVY_SKIP_JAVA_DB_UPDATE: undefined, TRIVY_JAVA_DB_REPOSITORY: '127.0.0.1:9/trivy-java-db:1' };
    const result = await place.main(
      { images: 'java: ./java', ...off },
      { ...job, TRIVY_CACHE_DIR: await kept(), TRIVY_SKIP_DB_UPDATE: 'true' },
    );
    expect(errorsOf(result)).toHaveLength(1);
    expect(errorsOf(result)[0]).toContain(
      'java (linux/amd64) was not scanned: Trivy’s Java database could not be fetched from 127.0.0.1:9/trivy-java-db:1: connection refused',
    );
    expect(errorsOf(result)[0]).toContain('TRIVY_JAVA_DB_REPOSITORY');
    expect([result.exitCode, await place.registry.snapshot(place.prefix)]).toEqual([1, before]);
  });
});
