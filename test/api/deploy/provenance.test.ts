/** Provenance is demanded: a real Fulcio and a real timestamp authority sign, a real registry holds, a real API server is touched or not. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SerializedBundle } from '@sigstore/bundle';
import type { DeployOptions } from '../../../src/deploy/index.ts';
import { LEASE } from '../../../src/deploy/kube/names.ts';
import { parseDemand } from '../../../src/provenance/demand.ts';
import type { BuiltImage } from '../../../src/split/model.ts';
import { SigstoreAttestations } from '../../../src/tools/sigstore/attestations.ts';
import { rootsIn } from '../../../src/tools/sigstore/roots.ts';
import type { RunClaims } from '../../support/sigstore/issuer.ts';
import { LoopbackRegistry } from '../../support/sigstore/registry.ts';
import { type Signing, TestSigstore } from '../../support/sigstore/signing.ts';
import { App, type Ended } from '../support/app.ts';

const ATTESTED = 'org/todo-deploy/.github/workflows/deploy-attested.yml';
const RUN: RunClaims = { repository: 'acme/todo', ref: 'refs/heads/main', workflow: `${ATTESTED}@refs/tags/v1`, runner: 'github-hosted' };

let app: App;
let sigstore: TestSigstore;
let registry: LoopbackRegistry;
beforeAll(async () => {
  registry = await LoopbackRegistry.start();
  sigstore = await TestSigstore.start();
  app = await App.create('provenance');
  app.attestations = new SigstoreAttestations(registry.client, rootsIn(readFileSync(await sigstore.trustedRoot(), 'utf8'), 'the test'));
  // Its programs are built the first time.
}, 900_000);
afterAll(async () => {
  await Promise.all([app?.remove(), sigstore?.close(), registry?.close()]);
});

/** An image with these attestations beside it. */
async function image(name: string, ...attestations: ((digest: string) => Promise<SerializedBundle>)[]): Promise<BuiltImage> {
  const digest = await registry.pushImage(name, name);
  for (const attestation of attestations) await registry.attach(name, digest, await attestation(digest));
  return { repository: `${registry.host}/${name}`, digest };
}

const signed =
  (more: Partial<RunClaims> = {}, rest: Partial<Signing> = {}) =>
  (digest: string): Promise<SerializedBundle> =>
    sigstore.sign({ digest, run: { ...RUN, ...more }, ...rest });

function deploy(version: string, images: readonly BuiltImage[], more: Partial<DeployOptions> = {}): Promise<Ended> {
  const provenance = parseDemand([`${ATTESTED}@refs/tags/v1`], { server: sigstore.issuer.server, repository: 'acme/todo' });
  return app.deploy(version, undefined, { images, provenance, ...more });
}

const messageOf = ({ outcome }: Ended): string | undefined => (outcome === 'killed' ? undefined : outcome.error?.message);

describe('before anything is touched, the deploy ends', () => {
  const other = `sha256:${'2'.repeat(64)}`;

  test.each<[string, ((digest: string) => Promise<SerializedBundle>)[], string]>([
    ['without an attestation', [], 'has no attestation in the registry'],
    ['where another repository’s run signed', [signed({ repository: 'mallory/todo' })], 'built from mallory/todo at refs/heads/main'],
    [
      'where another workflow signed',
      [signed({ workflow: 'acme/todo/.github/workflows/deploy.yml@refs/heads/main' })],
      'signed by acme/todo/.github/workflows/deploy.yml@refs/heads/main',
    ],
    [
      'where the workflow signed at another ref',
      [signed({ workflow: `${ATTESTED}@refs/heads/evil` })],
      `signed by ${ATTESTED}@refs/heads/evil`,
    ],
    ['where the attestation is about another image', [() => signed()(other)], `it is about another image (${other})`],
    ['where what was signed is no provenance', [signed({}, { predicateType: 'https://cyclonedx.org/bom' })], 'it is no SLSA provenance'],
    [
      'where what was signed was changed',
      [
        async (digest) => {
          const bundle = await signed()(other);
          const payload = Buffer.from(bundle.dsseEnvelope?.payload ?? '', 'base64')
            .toString()
            .replace(other.slice(7), digest.slice(7));
          return { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload: btoa(payload) } } as SerializedBundle;
        },
      ],
      'its signature does not fit its content, which was changed',
    ],
    ['without a time of signing', [signed({}, { timestamped: false })], 'no authority says when it was signed'],
    [
      'where it is no bundle',
      [async () => ({ mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' }) as SerializedBundle],
      'it is damaged',
    ],
    [
      'where none of several is it',
      [signed({ ref: 'refs/heads/a' }, { predicateType: 'x' }), signed({ repository: 'mallory/todo' })],
      'has 2 attestations, none of which',
    ],
  ])('%s', async (what, attestations, found) => {
    const bad = await image(what.replaceAll(/[^a-z]+/g, '-'), ...attestations);
    const ended = await deploy('v1-good', [bad]);
    expect(ended.outcome).toMatchObject({ status: 'failed', failureReason: 'provenance', rolledBack: false });
    expect(messageOf(ended)).toContain(`${bad.repository}@${bad.digest} has`);
    expect(messageOf(ended)).toContain(found);
    expect(messageOf(ended)).toContain(`built from acme/todo, signed by ${ATTESTED}@refs/tags/v1`);
    expect([ended.written, (await app.kubernetes.list(LEASE)).items]).toEqual([[], []]);
  });

  test('where another Sigstore signed', async () => {
    const stranger = await TestSigstore.start();
    try {
      const bad = await image('stranger', (digest) => stranger.sign({ digest, run: RUN }));
      const ended = await deploy('v1-good', [bad]);
      expect(messageOf(ended)).toContain('its time of signing is not by an authority of the trusted root');
      expect(ended.written).toEqual([]);
    } finally {
      await stranger.close();
    }
  });

  test('where one of two images is not proved, which is named', async () => {
    const [good, bad] = [await image('one', signed()), await image('two')];
    const ended = await deploy('v1-good', [good, bad]);
    expect(messageOf(ended)).toContain('/two@');
    expect(messageOf(ended)).not.toContain('/one@');
    expect(ended.log.join('\n')).toContain(
      `/one@${good.digest}: signed by ${ATTESTED}@refs/tags/v1 (github-hosted), built from acme/todo at`,
    );
  });
});

test('with the demanded attestation beside others it deploys', async () => {
  const good = await image('good', signed(), signed({ repository: 'mallory/todo' }), signed({}, { timestamped: false }));
  const ended = await deploy('v1-good', [good], { values: app.values('v1-good', { image: { repository: good.repository, tag: 'v1' } }) });
  expect([messageOf(ended), ended.outcome]).toEqual([undefined, expect.objectContaining({ status: 'deployed', version: 'v1-good' })]);
  expect((await app.serving()).map(({ spec }) => spec?.containers[0]?.image)).toEqual([`${good.repository}@${good.digest}`]);
});
