import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { podTemplateOf } from '../../../../src/split/kinds/pods.ts';
import { KINDS, type Kind, PAUSED, READY, SCALED, SCHEDULED, WORKLOADS } from '../../../../src/split/kinds/rows.ts';
import { targetOf } from '../../../../src/split/kinds/targets.ts';

const SRC = join(import.meta.dirname, '../../../../src');

/** An object of the kind with a value at a path, and nothing else. */
function objectWith(kind: Kind, path: string, value: unknown): KubernetesObject {
  const fields = path.split('.').reduceRight<unknown>((inner, field) => ({ [field]: inner }), value);
  return { ...kind.ref, metadata: { name: 'x' }, ...(fields as object) };
}

const verbsOf = (kind: Kind): string[] => kind.access?.verbs.split(' ') ?? [];
const each = (kinds: readonly Kind[]) => kinds.map((kind): [string, Kind] => [kind.key, kind]);

describe('every row is whole', () => {
  test.each(each(KINDS))('%s says what its objects are called', (key, { ref, group, plural, version }) => {
    expect(`${group}/${ref.kind}`).toBe(key);
    expect(ref.apiVersion).toBe(group === '' ? version : `${group}/${version}`);
    expect(version).toMatch(/^v\d+((alpha|beta)\d+)?$/);
    expect(plural).toMatch(new RegExp(`^${ref.kind}(s|es)$`, 'i'));
    expect(plural).toBe(plural.toLowerCase());
  });

  test('no two kinds have one name: plans, hooks and the view know an object by it', () => {
    const names = KINDS.map(({ ref }) => ref.kind);
    expect(names).toEqual([...new Set(names)]);
  });

  test.each(each(KINDS.filter(({ rule }) => rule === 'own')))(
    '%s is a version’s own: it has pods and stands still while idle',
    (_, kind) => {
      expect(kind.pods).toBeDefined();
      expect(kind.standstill).toBeDefined();
      expect(kind.nameLimit ?? 253).toBeLessThanOrEqual(253);
    },
  );

  test.each(each(KINDS.filter(({ pods }) => pods)))('%s: its pod template is found at its path', (_, kind) => {
    const template = { spec: { containers: [{ name: 'app' }] } };
    expect(podTemplateOf(objectWith(kind, kind.pods ?? '', template))).toBe(template);
  });

  test.each(each(KINDS.filter(({ rule }) => rule === 'target')))('%s goes where its target is', (_, kind) => {
    const target = { name: 'web' };
    expect(targetOf(objectWith(kind, kind.target ?? '', target))).toBe(target);
  });

  test.each(each(KINDS.filter(({ rule }) => rule === 'pods')))('%s goes where the pods of its selector are', (_, kind) => {
    expect(kind.selector).toBeDefined();
  });

  test.each(each(SCALED))('%s counts replicas: Services lead to it, readiness judges it, it is listed, watched and scaled', (_, kind) => {
    expect(kind).toMatchObject({ longRunning: true, selector: 'fixed', recreated: true, access: { scale: 'patch' } });
    expect(READY).toContain(kind);
    expect(verbsOf(kind)).toEqual(expect.arrayContaining(['get', 'list', 'watch', 'patch']));
  });

  test.each(each([...SCHEDULED, ...KINDS.filter(({ key }) => PAUSED.some((paused) => paused.key === key))]))(
    '%s is listed and patched, or nothing could start it',
    (_, kind) => expect(verbsOf(kind)).toEqual(expect.arrayContaining(['list', 'patch'])),
  );

  test.each(each(SCHEDULED))('%s remembers its last tick in its status, which goes from color to color', (_, kind) => {
    expect(kind).toMatchObject({ access: { status: 'patch' }, makesJobs: true });
  });

  test.each(each(READY))('%s is listed and watched, or nothing could judge it', (_, kind) => {
    expect(verbsOf(kind)).toEqual(expect.arrayContaining(['list', 'watch']));
  });

  test('the lists for one purpose are what the rows say', () => {
    const names = (kinds: readonly { ref: { kind: string } }[]) => kinds.map(({ ref }) => ref.kind);
    expect(names(WORKLOADS)).toEqual([...names(SCALED), ...names(SCHEDULED)]);
    expect(names(SCALED)).toContain('Deployment');
    expect(names(SCHEDULED)).toContain('CronJob');
    expect(names(PAUSED)).toEqual(expect.arrayContaining(['ScaledJob', 'ScaledObject']));
    expect(names(READY)).toEqual(expect.arrayContaining(['Deployment', 'StatefulSet', 'DaemonSet', 'Job']));
  });
});

/** Kinds that run, scale or guard pods: whoever names one outside of the table knows what the table should say. */
const NAMED = KINDS.filter(({ pods, target, rule }) => pods || target !== undefined || rule === 'pods');
const LITERAL = new RegExp(`['"\`](?:[\\w.-]*/)?(?:${NAMED.flatMap(({ ref, plural }) => [ref.kind, plural]).join('|')})['"\`/]`);

const withoutComments = (text: string): string => text.replace(/^\s*(?:\/\*\*|\*|\/\/).*$/gm, '');

/** Where a kind may be named anyway, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'split/kinds/table.ts': 'the table',
  'split/kinds/targets.ts': 'KEDA leaves out the kind of a target that is a Deployment',
  'deploy/diagnosis/crashing-color.ts': 'a ReplicaSet says its Deployment by its own name, without another call',
  'interfaces/reasons/cluster.ts': 'examples of what a user reads',
  'interfaces/reasons/deploy.ts': 'examples of what a user reads',
  'interfaces/objects.ts': 'published types, each under the name of its kind',
  'deploy/rollback/describe.ts': 'the journal keeps of a migration the bare name of its Job',
  'deploy/preflight/role.ts': 'what each rule of a Role is for, in words',
  'actions/doctor/from-workflow.ts': "a workflow's jobs",
  'init/write/chart.ts': 'the chart that init writes',
  'waker/marks.ts': 'what the waker may scale is a Deployment, and so is the waker',
  'waker/objects.ts': 'the right to scale Deployments, by name',
  'backup/cluster/cron-job.ts': 'what takes backups by itself',
  'deploy/preflight/access.ts': 'what the account needs to take a backup by the CronJob',
  'deploy/preflight/backup-before.ts': 'the journal keeps of a migration the bare name of its Job',
  'preview/model/marks.ts': 'deployments at GitHub',
  'actions/shared/backup/cluster.ts': "whose variables lead to the app's database; the input jobs",
  'actions/backup-job/inputs.ts': 'the input jobs: tables at a time',
  'backup/restore/restore.ts': 'the option jobs: tables at a time',
  'actions/restore-job/inputs.ts': 'the input jobs: tables at a time',
  'cli/own-metadata.ts': 'the input jobs: tables at a time',
  'backup/beside/survey.ts': 'what may name a claim that is to be snapshotted',
  'backup/beside/rights.ts': 'the right to list it',
  'preview/gone/own.ts': 'what this product makes for a preview, the waker among it',
  'split/adapt/own.ts': 'a budget selects pods that it has no template of',
  'deploy/kube/names.ts': 'constants for one kind that code is about: what a Deployment makes, Jobs as hooks, HPAs that are held',
};

describe('no other file lists kinds', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const naming = files.filter((file) => LITERAL.test(withoutComments(readFileSync(join(SRC, file), 'utf8'))));

  test('a kind is a row of src/split/kinds/table.ts', () => {
    expect(naming.filter((file) => EXCEPTIONS[file] === undefined)).toEqual([]);
  });

  test('the exceptions are needed', () => {
    expect(naming).toEqual(expect.arrayContaining(Object.keys(EXCEPTIONS)));
  });

  test.each(["'Deployment'", '`Deployment/x`', "'apps/Deployment'", "'deployments'", '"CronJob"'])('%s would be found', (text) => {
    expect(text).toMatch(LITERAL);
  });
});
