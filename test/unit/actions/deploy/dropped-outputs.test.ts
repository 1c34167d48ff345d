import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

interface Job {
  if?: string;
  steps?: { uses?: string; with?: Record<string, unknown> }[];
}

const files = globSync(['.github/workflows/*.yml', 'examples/workflows/*.yml']);
const jobs = files.flatMap((file) =>
  Object.entries((parse(readFileSync(file, 'utf8')) as { jobs: Record<string, Job> }).jobs).map(([name, job]) => ({ file, name, job })),
);
const deploys = jobs.flatMap(({ file, name, job }) =>
  (job.steps ?? [])
    .filter(({ uses = '', with: inputs }) => /actions\/deploy(@|$)/.test(uses) && String(inputs?.images).includes('needs.'))
    .map((step) => ({ file, name, job, step })),
);

test('some deploy what another job built', () => expect(deploys.length).toBeGreaterThanOrEqual(2));

test.each(deploys)(
  '$file, $name: an output that GitHub dropped fails the deploy, instead of skipping it or deploying other images',
  ({ job, step }) => {
    expect(step.with?.['image-count']).toBeDefined();
    // A job that is skipped is green.
    expect(job.if ?? '').not.toMatch(/outputs\.[\w-]+ *(?:!= *''|== *'true')/);
  },
);
