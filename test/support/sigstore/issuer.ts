import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const KEY_ID = 'test';
const AUDIENCE = 'sigstore';

/** What a run of GitHub says of itself in its token, as far as Fulcio asks. */
export interface RunClaims {
  /** `owner/repository` */
  repository: string;
  ref: string;
  /** `owner/repository/.github/workflows/file.yml@ref`: the called workflow's, for a called one. */
  workflow: string;
  runner: 'github-hosted' | 'self-hosted';
}

/** GitHub's service of OpenID Connect, at the place where GitHub Enterprise Server has it: `<url>/_services/token`. */
export class RunIssuer {
  readonly #server: Server;
  readonly #key: KeyObject;

  private constructor() {
    this.#key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    this.#server = createServer(({ url }, response) => {
      const document = this.#documents()[url ?? ''];
      response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(document ?? {}));
    });
  }

  static async start(): Promise<RunIssuer> {
    const issuer = new RunIssuer();
    await once(issuer.#server.listen(0, '127.0.0.1'), 'listening');
    return issuer;
  }

  get server(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `${this.server}/_services/token`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #documents(): Record<string, object> {
    const key = createPublicKey(this.#key).export({ format: 'jwk' });
    return {
      '/_services/token/.well-known/openid-configuration': {
        issuer: this.url,
        jwks_uri: `${this.url}/jwks`,
        id_token_signing_alg_values_supported: ['RS256'],
        response_types_supported: ['id_token'],
        subject_types_supported: ['public'],
      },
      '/_services/token/jwks': { keys: [{ ...key, kid: KEY_ID, use: 'sig', alg: 'RS256' }] },
    };
  }

  /** A run's token. */
  token({ repository, ref, workflow, runner }: RunClaims): string {
    const now = Math.floor(Date.now() / 1000);
    const commit = 'f3c0923af3c0923af3c0923af3c0923af3c0923a';
    const [owner] = repository.split('/');
    const claims = {
      ...{ iss: this.url, aud: AUDIENCE, iat: now, nbf: now - 5, exp: now + 300, sub: `repo:${repository}:ref:${ref}` },
      ...{ repository, ref, sha: commit, event_name: 'push', workflow: 'deploy', runner_environment: runner },
      ...{ repository_id: '1', repository_owner: owner, repository_owner_id: '2', repository_visibility: 'private' },
      ...{ job_workflow_ref: workflow, job_workflow_sha: commit, run_id: '7', run_attempt: '1' },
      ...{ workflow_ref: `${repository}/.github/workflows/deploy.yml@${ref}`, workflow_sha: commit },
    };
    const head = [{ alg: 'RS256', typ: 'JWT', kid: KEY_ID }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    return `${head.join('.')}.${sign('RSA-SHA256', Buffer.from(head.join('.')), this.#key).toString('base64url')}`;
  }
}
