import { expect, test } from '@jest/globals';
import { noteUnproved, proveImages } from '../../../../src/deploy/preflight/provenance.ts';
import type { DeployOptions } from '../../../../src/deploy/run/options.ts';
import { type Plan, Recorder } from '../../../../src/deploy/run/run.ts';
import type { FoundAttestation } from '../../../../src/interfaces/attestations.ts';
import { parseDemand } from '../../../../src/provenance/demand.ts';
import type { BuiltImage } from '../../../../src/split/model.ts';
import { logBy } from '../../../support/log.ts';

const DIGEST = `sha256:${'1'.repeat(64)}`;
const OTHER = `sha256:${'2'.repeat(64)}`;

const lines: string[] = [];
const say = (text: string): void => void lines.push(text);
const log = logBy(say);

const optionsOf = (images: readonly BuiltImage[]): DeployOptions =>
  ({
    images,
    provenance: parseDemand(['acme/todo'], { server: 'https://github.com', repository: undefined }),
  }) as Partial<DeployOptions> as DeployOptions;

function run(images: readonly BuiltImage[], attestations: (repository: string) => AsyncIterable<FoundAttestation>) {
  const report = new Recorder();
  const clock = { now: () => 0 } as Parameters<typeof proveImages>[0]['clock'];
  const asked = proveImages({
    options: optionsOf(images),
    attestations: { of: attestations },
    log,
    clock,
    report,
    signal: new AbortController().signal,
  });
  return { asked, report };
}

async function* none(): AsyncGenerator<FoundAttestation> {}

test('images are asked for by the registry’s full name', async () => {
  const names: string[] = [];
  const { asked } = run([{ repository: 'acme/todo', digest: DIGEST }], (name) => {
    names.push(name);
    return none();
  });
  await expect(asked).rejects.toMatchObject({ reason: 'provenance', hint: expect.stringContaining('deploy-attested.yml') });
  expect(names).toEqual(['docker.io/acme/todo']);
});

test('what is damaged is told from what is not there, the same reason once', async () => {
  const { asked } = run([{ repository: 'r.example/a', digest: DIGEST }], async function* () {
    for (let count = 0; count < 5; count++) yield { refused: count < 4 ? 'it is damaged' : 'it is old' };
  });
  await expect(asked).rejects.toThrow(`r.example/a@${DIGEST} has 5 attestations, none of which is that: it is damaged, it is old`);
});

test('a registry that fails is no missing attestation', async () => {
  const { asked } = run([{ repository: 'r.example/a', digest: DIGEST }], () => {
    throw new Error('the registry answered 500');
  });
  await expect(asked).rejects.toThrow('the registry answered 500');
});

test('a dry run that pushed nothing says that nothing is checked', async () => {
  const { asked, report } = run([{ repository: 'r.example/a', tag: 'v1' }], none);
  await asked;
  expect(report.notes).toEqual(['Provenance is not checked: nothing was pushed that it could be of']);
});

test('what the chart brings along is named', () => {
  const images = [`r.example/a@${DIGEST}`, `r.example/a@${OTHER}`, 'postgres:17', 'postgres:17'];
  const split = { images: images.map((image) => ({ workload: 'w', container: 'c', image })) };
  const report = new Recorder();
  noteUnproved({ options: optionsOf([{ repository: 'r.example/a', digest: DIGEST }]), log, report }, { split } as Plan);
  expect(report.notes).toEqual([
    `The chart's own images are deployed as they are, without proof of where they come from: r.example/a@${OTHER}, postgres:17`,
  ]);
});
