import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { EXIT_CODES } from '../../../src/cli/help.ts';
import { containerCause } from '../../../src/deploy/diagnosis/causes/container.ts';
import { createCause } from '../../../src/deploy/diagnosis/causes/create.ts';
import { imageCause } from '../../../src/deploy/diagnosis/causes/image.ts';
import { scheduleCause, volumeCause } from '../../../src/deploy/diagnosis/causes/node.ts';
import { CancelledError, TimeoutError } from '../../../src/interfaces/errors.ts';
import { REASON_GROUPS, REASONS, type Reason } from '../../../src/interfaces/reasons.ts';

const all = Object.keys(REASONS) as Reason[];
const deploys = [...Object.keys(REASON_GROUPS['any action']), ...Object.keys(REASON_GROUPS['deploy and rollback'])];
const source = globSync('src/**/*.ts')
  .filter((path) => !path.startsWith('src/interfaces/reasons'))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');
const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');

describe('the table of reasons', () => {
  test.each(all)('%s is raised somewhere', (reason) => {
    // An argument, a default, one of two: not what something is compared with.
    expect(matches(source, /(?:[(?:]|[^=!]=)\s*'([a-z-]+)'/g)).toContain(reason);
  });

  test('holds every reason that the code raises', () => {
    const raised = [
      ...matches(source, /(?:new (?:StepFailure|DeployError)|causeOf)\(\s*'([\w-]+)'/g),
      ...matches(source, /\b(?:reason|failure): '([\w-]+)'/g),
    ];
    expect(raised.length).toBeGreaterThan(40);
    expect([...new Set(raised)].filter((reason) => !(reason in REASONS))).toEqual([]);
  });

  test.each(all)('%s: short title, whole sentences, an exit code that the help explains', (reason) => {
    const { title, meaning, todo, example, exitCode = 1 } = REASONS[reason];
    expect(title).toMatch(/^[^.]{5,40}$/);
    expect(meaning).toMatch(/^[A-Z].*\.$/);
    expect(todo).not.toBe('');
    expect(example).not.toContain('\n');
    expect(EXIT_CODES.map(([code]) => code)).toContain(exitCode);
  });

  test('titles are told apart', () => expect(new Set(all.map((reason) => REASONS[reason].title)).size).toBe(all.length));
});

describe('the documentation', () => {
  const page = readFileSync('docs/causes.md', 'utf8');
  const unwrapped = page.replaceAll('\n', ' ');
  test('docs/causes.md has each reason once', () => expect(matches(page, /^### (.+)$/gm).sort()).toEqual([...all].sort()));
  test.each(all)('docs/causes.md says what %s means', (reason) => {
    expect(unwrapped).toContain(REASONS[reason].meaning);
    expect(unwrapped).toContain(REASONS[reason].example);
  });

  test('the README of deploy lists what failure-reason may be', () => {
    const [, list = ''] = /`failure-reason` is one of: ([^.]*)\./.exec(readFileSync('actions/deploy/README.md', 'utf8')) ?? [];
    expect(matches(list, /`([a-z-]+)`/g)).toEqual(deploys);
  });
});

const BACKEND = 'Deployment/todo-backend-green';
const IMAGE = 'registry.example.com/acme/todo-backend:v9';
const container = (init: boolean, status: object) =>
  containerCause(
    { name: init ? 'wait' : 'backend', image: IMAGE, ready: false, restartCount: 0, ...status },
    `${init ? 'Init container "wait"' : 'Container "backend"'} of ${BACKEND}`,
    init,
    IMAGE,
    '',
  );
const waiting = (reason: string, message = '') => ({ state: { waiting: { reason, message } } });
const ended = (exitCode: number, reason = 'Error') => ({ lastState: { terminated: { exitCode, reason } } });

describe('the examples are what users see', () => {
  test.each<[Reason, { message: string } | undefined]>([
    ['timeout', new TimeoutError('the end of helm upgrade', 660_000)],
    ['cancelled', new CancelledError('Cancelled by SIGINT')],
    ['image-not-found', imageCause(IMAGE, 'manifest unknown', 'ErrImagePull')],
    ['registry-auth', imageCause(IMAGE, '401 Unauthorized', 'ErrImagePull')],
    ['image-pull', imageCause(IMAGE, 'dial tcp 203.0.113.9:443: i/o timeout', 'ErrImagePull')],
    ['image-architecture', imageCause(IMAGE, 'no match for platform in manifest: not found', 'ErrImagePull')],
    ['crash-loop', container(false, { restartCount: 2, ...waiting('CrashLoopBackOff'), ...ended(1) })],
    ['out-of-memory', container(false, { restartCount: 1, ...waiting('CrashLoopBackOff'), ...ended(137, 'OOMKilled') })],
    ['missing-config', container(false, waiting('CreateContainerConfigError', 'secret "todo-database" not found'))],
    ['bad-command', container(false, waiting('RunContainerError', 'runc: exec: "serve": executable file not found in $PATH'))],
    ['init-failed', container(true, { restartCount: 1, ...waiting('CrashLoopBackOff'), ...ended(1) })],
    [
      'quota-exceeded',
      createCause(BACKEND, 'pods "x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4'),
    ],
    ['admission-refused', createCause(BACKEND, 'pods "x" is forbidden: violates PodSecurity "restricted:latest"')],
    ['volume-pending', volumeCause('todo-postgres-0', 'storageclass.storage.k8s.io "fast" not found')],
    ['unschedulable', scheduleCause('todo-backend-green-5d9c-x7k2p', '0/3 nodes are available: 3 Insufficient cpu.')],
  ])('%s', (reason, raised) => expect(raised).toMatchObject({ reason, message: REASONS[reason].example }));
});
