import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

interface Job {
  permissions?: Record<string, string>;
  environment?: { name: string };
  needs?: string | string[];
  if?: string;
  steps: { uses?: string; run?: string; with?: Record<string, string | boolean>; env?: object }[];
}
interface Workflow {
  permissions: object;
  env?: object;
  on: { workflow_call: { secrets?: object } };
  jobs: Record<string, Job>;
}
const text = (name: string): string => readFileSync(`.github/workflows/${name}.yml`, 'utf8');
const read = (name: string): Workflow => parse(text(name)) as Workflow;

/** Whatever a step gets that a fork's code could send away. */
const SECRET = /secrets\.|secrets\[|github\.token|GITHUB_TOKEN|id-token|inherit/;

describe('the workflow that runs a fork’s code', () => {
  const { jobs, permissions, on, env } = read('preview-fork-build');
  test('takes no secret, and has no right but to read the code', () => {
    expect(on.workflow_call.secrets).toBeUndefined();
    expect([permissions, env]).toEqual([{}, undefined]);
    expect(Object.values(jobs).map((job) => job.permissions)).toEqual([{ contents: 'read' }]);
    // Without comments.
    expect(JSON.stringify(jobs)).not.toMatch(SECRET);
  });
  test('gives the build none of the job’s token, pushes nothing, and writes no cache that others read', () => {
    const build = jobs.build?.steps.find(({ uses }) => uses === '$/actions/build-push');
    expect(build?.with).toMatchObject({ push: false, cache: 'off', 'github-token': '' });
    expect(jobs.build?.steps[0]?.with).toMatchObject({ 'persist-credentials': false });
  });
});

describe('the workflow that has secrets', () => {
  const { jobs, permissions } = read('preview-fork');
  test('checks out the base branch alone, and runs no line of a checkout', () => {
    const steps = Object.values(jobs).flatMap((job) => job.steps);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    const base = { ref: `refs/heads/\${{ needs.find.outputs.base }}`, 'persist-credentials': false };
    expect(checkouts.map((step) => step.with)).toEqual([base, base]);
    expect(steps.flatMap(({ run }) => run ?? [])).toEqual(['echo "Somebody has let it through."']);
    expect(text('preview-fork')).not.toMatch(/head_sha|head_branch|head_repository|pull_requests/);
  });
  test('what comes of a fork lies beside the checkout', () => {
    const download = jobs.up?.steps.find(({ uses }) => uses?.startsWith('actions/download-artifact@'));
    expect(download?.with?.path).toBe(`\${{ runner.temp }}/todo-deploy-fork`);
  });
  test('deploys after somebody has let it through, and not before', () => {
    expect(jobs.approve?.environment?.name).toBe(`\${{ inputs.approval }}`);
    expect([jobs.up?.needs, jobs.up?.if]).toEqual([['find', 'approve'], undefined]);
    for (const name of ['find', 'told', 'approve']) expect(JSON.stringify(jobs[name])).not.toMatch(/secrets\./);
    expect([permissions, jobs.approve?.permissions]).toEqual([{}, {}]);
  });
  test('says that it waits beside the approval, and neither waits for the other', () => {
    expect([jobs.told?.needs, jobs.approve?.needs]).toEqual(['find', 'find']);
    expect(jobs.told?.permissions).toEqual({ actions: 'read', contents: 'read', 'pull-requests': 'write' });
    expect(jobs.told?.steps.at(-1)?.with).toMatchObject({ mode: 'approval' });
  });
  test('takes no secret that the app of a fork would get', () => {
    expect(text('preview-fork')).not.toContain('APP_SECRETS');
  });
});
