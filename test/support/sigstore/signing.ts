import { type ChildProcess, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Bundle, bundleToJSON, type SerializedBundle } from '@sigstore/bundle';
import { DSSEBundleBuilder, FulcioSigner, TSAWitness } from '@sigstore/sign';
import { stringify } from 'yaml';
import { ensurePrograms } from '../../../cluster/programs/build.ts';
import { type RunClaims, RunIssuer } from './issuer.ts';

const SLSA = 'https://slsa.dev/provenance/v1';

export interface Signing {
  /** `sha256:…` of what it is about. */
  digest: string;
  run: RunClaims;
  predicateType?: string;
  /** Without a timestamp, as somebody leaves it out whose certificate has expired. */
  timestamped?: boolean;
}

/** Sigstore for the runs of one GitHub: its real authority for certificates and its real authority for timestamps, by the library of actions/attest. */
export class TestSigstore {
  readonly issuer: RunIssuer;
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(issuer: RunIssuer, process: ChildProcess, folder: string, url: string) {
    this.issuer = issuer;
    this.url = url;
    this.#process = process;
    this.#folder = folder;
  }

  static async start(): Promise<TestSigstore> {
    const programs = await ensurePrograms(['sigstore'], { alone: true });
    const issuer = await RunIssuer.start();
    const folder = mkdtempSync(join(tmpdir(), 'sigstore-'));
    const config = join(folder, 'fulcio.yaml');
    writeFileSync(config, stringify(fulcioConfig(issuer)));
    const child = spawn(programs.get('sigstore-signing') ?? '', [`--config=${config}`], { stdio: ['pipe', 'pipe', 'ignore'] });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`Sigstore did not start (exit code ${code})`);
    });
    ended.catch(() => undefined);
    const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
    const { url }: { url: string } = JSON.parse(line);
    return new TestSigstore(issuer, child, folder, url);
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
    this.issuer.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What actions/attest makes of an image, in a run that says this of itself. */
  async sign({ digest, run, predicateType = SLSA, timestamped = true }: Signing): Promise<SerializedBundle> {
    const [algorithm = '', hex = ''] = digest.split(':');
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'image', digest: { [algorithm]: hex } }],
      predicateType,
      predicate: { buildDefinition: { buildType: 'https://actions.github.io/buildtypes/workflow/v1' } },
    };
    const builder = new DSSEBundleBuilder({
      signer: new FulcioSigner({ fulcioBaseURL: this.url, identityProvider: { getToken: async () => this.issuer.token(run) } }),
      witnesses: timestamped ? [new TSAWitness({ tsaBaseURL: this.url })] : [],
    });
    const bundle: Bundle = await builder.create({ data: Buffer.from(JSON.stringify(statement)), type: 'application/vnd.in-toto+json' });
    return bundleToJSON(bundle);
  }

  /** The trusted root of both, as a file for the input `trusted-root`. */
  async trustedRoot(): Promise<string> {
    const [bundle, chain] = await Promise.all([this.#get('api/v2/trustBundle'), this.#get('api/v1/timestamp/certchain')]);
    const { chains }: { chains: { certificates: string[] }[] } = JSON.parse(bundle);
    const root = {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      certificateAuthorities: chains.map(({ certificates }) => authority(certificates.join('\n'))),
      timestampAuthorities: [authority(chain)],
    };
    const path = join(this.#folder, 'trusted-root.json');
    writeFileSync(path, JSON.stringify(root));
    return path;
  }

  async #get(path: string): Promise<string> {
    const response = await fetch(`${this.url}/${path}`);
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.text();
  }
}

function authority(pem: string): object {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const certificates = found.map((one) => ({ rawBytes: new X509Certificate(one).raw.toString('base64') }));
  return { certChain: { certificates }, validFor: { start: '2020-01-01T00:00:00Z' } };
}

/** How Fulcio reads GitHub's tokens: its own public configuration, with another address of GitHub. */
const fulcioConfig = ({ url, server }: RunIssuer): object => ({
  'oidc-issuers': { [url]: { 'issuer-url': url, 'client-id': 'sigstore', type: 'ci-provider', 'ci-provider': 'github-workflow' } },
  'ci-issuer-metadata': {
    'github-workflow': {
      'default-template-values': { url: server },
      'extension-templates': {
        'build-signer-uri': '{{ .url }}/{{ .job_workflow_ref }}',
        'build-signer-digest': 'job_workflow_sha',
        'runner-environment': 'runner_environment',
        'source-repository-uri': '{{ .url }}/{{ .repository }}',
        'source-repository-digest': 'sha',
        'source-repository-ref': 'ref',
        'build-config-uri': '{{ .url }}/{{ .workflow_ref }}',
        'run-invocation-uri': '{{ .url }}/{{ .repository }}/actions/runs/{{ .run_id }}/attempts/{{ .run_attempt }}',
      },
      'subject-alternative-name-template': '{{ .url }}/{{ .job_workflow_ref }}',
    },
  },
});
