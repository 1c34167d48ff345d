import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOST_IP } from '../../cluster/config.ts';
import { type ClusterEnvironment, ROOT } from '../../demo/environment.ts';
import { PULL_SECRET } from '../../demo/namespace.ts';
import type { ProcessRunner } from '../../src/interfaces/process.ts';
import type { ActionResult } from '../support/action.ts';
import { type KeyPair, makeKey } from '../support/backup.ts';
import { ensureBackupPrograms } from '../support/postgres/programs.ts';
import { type S3, SECRET_KEY, startS3 } from '../support/s3.ts';
import { PairApp } from './deploy-support.ts';

export const RELEASE = 'register';
export const PASSWORD = 'canary-of-the-database-password';
export const TOKEN = 'canary-of-a-secret-from-outside';
/** What the app needs and its chart does not make. */
export const SECRETS = `register-token/token=${TOKEN}`;

/** An app with its own PostgreSQL (test/charts/register), in a namespace of its own, and where its backups are kept. */
export class RegisterApp {
  readonly app: PairApp;
  readonly s3: S3;
  readonly keys: readonly [KeyPair, KeyPair];
  /** Inputs of the actions and of the workflows. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly #folder: string;

  private constructor(app: PairApp, s3: S3, folder: string, image: string) {
    this.app = app;
    this.s3 = s3;
    this.#folder = folder;
    this.keys = [makeKey(folder, 'a'), makeKey(folder, 'b')];
    this.inputs = {
      release: RELEASE,
      namespace: app.namespace,
      destination: `s3://${s3.location.bucket}/all`,
      endpoint: s3.location.endpoint,
      image,
      'image-pull-secrets': PULL_SECRET,
      'scratch-size': '1Gi',
      timeout: '5m',
    };
  }

  static async create(namespace: string, cluster: ClusterEnvironment, runner: ProcessRunner): Promise<RegisterApp> {
    ensureBackupPrograms();
    const s3 = await startS3({ host: HOST_IP });
    const app = await PairApp.create(namespace, cluster, [], runner);
    const image = `${cluster.registry.host}/${namespace}/backup:${Date.now().toString(36)}`;
    const build = ['docker', 'buildx', 'build', '--push', '--provenance=false', '--file', join(ROOT, 'images/backup/Dockerfile')] as const;
    await runner.run({ command: [...build, '--tag', image, ROOT], env: cluster.env, timeoutMs: 400_000 });
    return new RegisterApp(app, s3, mkdtempSync(join(tmpdir(), 'todo-deploy-keys-')), image);
  }

  async close(): Promise<void> {
    this.app.kubectl('delete', 'namespace', this.app.namespace, '--ignore-not-found', '--wait=false');
    await this.s3.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get recipients(): string {
    return this.keys.map(({ recipient }) => recipient).join('\n');
  }

  /** Who may write to the storage, by the actions' names. */
  get access(): Record<string, string> {
    return { 'access-key-id': this.s3.location.accessKeyId, 'secret-access-key': SECRET_KEY };
  }

  /** From the second version on its test asks for the data. */
  deploy(version: string): Promise<ActionResult> {
    return this.app.deploy(version, {
      chart: 'test/charts/register',
      release: RELEASE,
      images: '',
      smoke: '',
      secrets: SECRETS,
      values: JSON.stringify({ password: PASSWORD, ...(version !== 'v1' && { test: 'select 1 / count(*) from notes' }) }),
      timeout: '180s',
    });
  }

  fill(): void {
    this.psql(
      "create table notes (id serial primary key, text text); insert into notes (text) select 'note ' || n from generate_series(1, 500) n",
    );
  }

  /** Of what `fill` wrote: `500|note 99`. */
  rows(): string {
    return this.psql('select count(*), max(text) from notes');
  }

  psql(sql: string): string {
    const how = ['psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-U', 'register', '-d', 'registerdb', '-c', sql];
    return this.app.kubectl('exec', 'register-database-0', '--', ...how).trim();
  }
}
