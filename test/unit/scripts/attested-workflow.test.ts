import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { attestedWorkflow } from '../../../scripts/docs/attested-workflow.ts';

interface Step {
  uses?: string;
  with?: Record<string, unknown>;
}
interface Job {
  needs?: string | string[];
  permissions: Record<string, string>;
  strategy?: { matrix: Record<string, string> };
  steps: Step[];
}
interface Workflow {
  on: { workflow_call: { inputs: Record<string, { default?: unknown }>; secrets: object; outputs: object } };
  permissions: object;
  jobs: Record<string, Job>;
}
const read = (name: string): Workflow => parse(readFileSync(`.github/workflows/${name}.yml`, 'utf8')) as Workflow;
const [plain, attested] = [read('deploy'), read('deploy-attested')];
const stepOf = (job: Job | undefined, uses: string): Step | undefined => job?.steps.find((step) => step.uses?.startsWith(uses));

test('it is what is written from deploy.yml', () => {
  expect(readFileSync('.github/workflows/deploy-attested.yml', 'utf8')).toBe(attestedWorkflow());
});

describe('deploy-attested.yml', () => {
  test('only the job that signs may sign, and it runs nothing of the repository', () => {
    const { build, attest, deploy } = attested.jobs;
    expect([build?.permissions, deploy?.permissions]).toEqual([{ contents: 'read' }, { contents: 'read' }]);
    expect(attest?.permissions).toEqual({ 'id-token': 'write', attestations: 'write' });
    expect(attest?.steps.filter(({ uses }) => uses !== undefined).map(({ uses }) => uses?.split('@')[0])).toEqual(['actions/attest']);
  });

  test('each image that was pushed is signed, by its digest, and pushed', () => {
    const { attest } = attested.jobs;
    expect(Object.values(attest?.strategy?.matrix ?? {})).toEqual([expect.stringContaining('fromJSON(needs.build.outputs.subjects)')]);
    expect(stepOf(attest, 'actions/attest')?.with).toMatchObject({
      'subject-digest': expect.stringContaining('matrix.subject.digest'),
      'push-to-registry': true,
    });
  });

  test('nothing that is not signed decides what is signed', () => {
    expect(stepOf(attested.jobs.build, '$/actions/build-push')?.with).toMatchObject({ reuse: false });
    expect(attested.on.workflow_call.inputs.cache?.default).toBe('off');
    expect(attested.on.workflow_call.inputs).not.toHaveProperty('reuse');
  });

  test('the deploy waits for it, and takes what this very workflow signed for the caller’s sources', () => {
    const { deploy } = attested.jobs;
    expect(deploy?.needs).toEqual(['build', 'attest']);
    const demanded = String(stepOf(deploy, '$/actions/deploy')?.with?.verify);
    expect(demanded.match(/[\w.]+_ref|github\.repository/g)).toEqual(['github.repository', 'job.workflow_ref']);
  });

  test('secrets and outputs are those of deploy.yml', () => {
    const { secrets, outputs } = plain.on.workflow_call;
    expect(attested.on.workflow_call).toMatchObject({ secrets, outputs });
  });
});

test('deploy.yml asks for contents: read alone, as before', () => {
  expect(Object.values(plain.jobs).map(({ permissions }) => permissions)).toEqual([{ contents: 'read' }, { contents: 'read' }]);
});
