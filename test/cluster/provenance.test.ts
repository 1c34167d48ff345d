/** The whole way with the built action: an image that nothing signed is not deployed, and is once it is signed. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { parse } from 'yaml';
import { clusterEnvironment } from '../../demo/environment.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { RegistryClient } from '../../src/tools/registry/client.ts';
import { CraneRegistry } from '../support/registry.ts';
import { TestSigstore } from '../support/sigstore/signing.ts';
import { errorsOf, expectGreen, PairApp } from './deploy-support.ts';

const ATTESTED = 'org/todo-deploy/.github/workflows/deploy-attested.yml@refs/tags/v1';
const cluster = clusterEnvironment();
const runner = new NodeProcessRunner({ env: cluster.env });

let app: PairApp;
let sigstore: TestSigstore;
beforeAll(async () => {
  sigstore = await TestSigstore.start();
  // The image has the same digest in every run, and a registry that is kept would still have an earlier run's attestation.
  app = await PairApp.create(`provenance-${randomUUID().slice(0, 8)}`, cluster, ['v1'], runner);
}, 240_000);
afterAll(async () => {
  app?.kubectl('delete', 'namespace', app.namespace, '--wait=false');
  await sigstore?.close();
});

test('without an attestation nothing is touched; with it the image is deployed', async () => {
  const digest = await new CraneRegistry(cluster).digest(`${app.image}:v1`);
  const trustedRoot = await sigstore.trustedRoot();
  const inputs = {
    images: `${app.image}@${digest}`,
    values: app.values('v1'),
    verify: `acme/pair@refs/heads/main\n${ATTESTED}`,
    'trusted-root': trustedRoot,
  };
  const call = { env: { GITHUB_SERVER_URL: sigstore.issuer.server }, tempDir: dirname(trustedRoot) };

  const refused = await app.deploy('v1', inputs, call);
  expect(refused.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'provenance', 'rolled-back': 'false' });
  expect(errorsOf(refused).join('\n')).toContain(`${app.image}@${digest} has no attestation in the registry`);
  expect(app.kubectl('get', 'leases,deployments,services', '--output=name')).toBe('');

  const run = { repository: 'acme/pair', ref: 'refs/heads/main', workflow: ATTESTED, runner: 'github-hosted' } as const;
  const bundle = await sigstore.sign({ digest, run });
  const registry = new RegistryClient({ runner, dockerConfig: cluster.env.DOCKER_CONFIG, env: cluster.env });
  const subject = await registry.head(app.image, digest);
  if (subject === undefined) throw new Error('the image is not pushed');
  const content = Buffer.from(JSON.stringify(bundle));
  await registry.attach({ repository: app.image, subject, artifactType: bundle.mediaType, content });
  await registry.close();

  const deployed = expectGreen(await app.deploy('v1', inputs, call));
  expect(deployed.outputs).toMatchObject({ status: 'deployed', version: 'v1' });
  expect(deployed.log.join('\n')).toContain(
    `${app.image}@${digest}: signed by ${ATTESTED} (github-hosted), built from acme/pair at refs/heads/main`,
  );
}, 240_000);

test('the step of deploy-attested.yml that logs in leaves the login where actions/attest looks for it', async () => {
  const { jobs }: { jobs: { attest: { steps: { run?: string }[] } } } = parse(
    readFileSync('.github/workflows/deploy-attested.yml', 'utf8'),
  );
  const home = mkdtempSync(join(tmpdir(), 'attest-'));
  const { host, username, password } = cluster.registry;
  try {
    await execa('bash', ['-e', '-c', jobs.attest.steps[0]?.run ?? 'exit 1'], {
      env: {
        ...cluster.env,
        LOGIN_HOME: home,
        REGISTRY: `${host.toUpperCase()}/Acme`,
        REGISTRY_USERNAME: username,
        REGISTRY_PASSWORD: password,
      },
    });
    const script = `import('@sigstore/oci').then((oci) => console.log(oci.getRegistryCredentials('${host}/acme/web').username))`;
    const { stdout } = await execa(process.execPath, ['-e', script], { env: { HOME: home } });
    expect(stdout).toBe(username);
  } finally {
    rmSync(home, { recursive: true });
  }
}, 60_000);
