import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

const FOLDER = '.github/workflows';
interface Workflow {
  jobs: Record<string, { 'timeout-minutes'?: unknown; steps?: { uses?: string; with?: Record<string, unknown> }[] }>;
}
const jobs = readdirSync(FOLDER).flatMap((file) => {
  const workflow: Workflow = parse(readFileSync(join(FOLDER, file), 'utf8'));
  return Object.entries(workflow.jobs).map(([name, job]) => [`${file}, ${name}`, job] as const);
});

describe('a job of a workflow', () => {
  test.each(jobs)('%s has a limit of time', (_name, job) => expect(job['timeout-minutes']).toBeDefined());

  test.each(jobs)('%s takes no identity of the runner by default', (_name, { steps = [] }) => {
    for (const { with: inputs } of steps) {
      if (inputs?.kubeconfig === undefined) continue;
      expect(inputs.kubeconfig).toMatch(/^\$\{\{ inputs\.runner-kubeconfig && 'runner' \|\| secrets\.KUBECONFIG \}\}$/);
    }
  });
});
