import type { Writable } from 'node:stream';
import type { Clock } from '../interfaces/clock.ts';
import { ProcessError, ToolError } from '../interfaces/errors.ts';
import type { PrivateFiles } from '../interfaces/files.ts';
import type { Http } from '../interfaces/http.ts';
import type { ObjectStore, StoredObject } from '../interfaces/object-store.ts';
import type { ProcessRunner, RunOptions, RunResult } from '../interfaces/process.ts';
import { parseJson } from '../interfaces/reading/json.ts';
import type { S3Location } from './s3/location.ts';
import { S3Versions } from './s3/versions.ts';

export interface RcloneOptions {
  runner: ProcessRunner;
  location: S3Location;
  files: PrivateFiles;
  http: Http;
  clock: Clock;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** rclone's exit codes for a folder and a file that are not there. */
const NOT_FOUND = [3, 4];
const TEXT_BYTES = 4 * 1024 * 1024;
/** How a storage says that an object may not go yet, or that this key may not remove any. */
const REFUSED = /AccessDenied|WORM|ObjectLocked|object.?lock|InvalidRequest|Forbidden|status code: 403/i;

/** The program `rclone`, S3 by path style: one object is one PUT, since an upload in pieces may be left unfinished. */
export class RcloneS3 implements ObjectStore {
  readonly #options: RcloneOptions;
  readonly #versions: S3Versions;

  constructor(options: RcloneOptions) {
    this.#options = options;
    this.#versions = new S3Versions(options);
  }

  async list(): Promise<StoredObject[]> {
    const args = ['lsjson', '--recursive', '--files-only', '--no-mimetype', '--use-server-modtime', this.#at()] as const;
    const { stdout, exitCode } = await this.#run(args, { okExitCodes: [0, ...NOT_FOUND] });
    if (exitCode !== 0) return [];
    const wrong = (why: string) => new ToolError(`rclone's list cannot be read: ${why}`, { reason: 'backup-failed' });
    const found = parseJson<{ Path: string; Size: number; ModTime: string }[]>(stdout, wrong);
    const objects = found.map(({ Path: path, Size: bytes, ModTime }) => ({ path, bytes: Number(bytes), at: Date.parse(ModTime) }));
    return objects.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async put(path: string, file: string): Promise<void> {
    await this.#run(['copyto', '--no-check-dest', '--s3-upload-cutoff=5Gi', file, this.#at(path)]);
  }

  async putText(path: string, text: string): Promise<void> {
    await this.put(path, this.#options.files.file('object', text));
  }

  async read(path: string, to: Writable): Promise<void> {
    await this.#run(['cat', this.#at(path)], { output: to });
  }

  async text(path: string, limit = TEXT_BYTES): Promise<string> {
    const { stdout } = await this.#run(['cat', `--head=${limit + 1}`, this.#at(path)]);
    if (Buffer.byteLength(stdout) > limit) throw new ToolError(`${path} is larger than ${limit} bytes`, { reason: 'backup-damaged' });
    return stdout;
  }

  async remove(path: string): Promise<'removed' | 'locked'> {
    if (await this.#versions.isKept()) return this.#versions.remove(this.#key(path));
    try {
      await this.#run(['deletefile', '--retries=1', this.#at(path)], { okExitCodes: [0, ...NOT_FOUND] });
      return 'removed';
    } catch (error) {
      if (error instanceof ProcessError && REFUSED.test(error.stderr)) return 'locked';
      throw error;
    }
  }

  async sweepUnfinished(): Promise<void> {
    await this.#run(['backend', 'cleanup', this.#at(), '-o', 'max-age=24h'], { okExitCodes: [0, 1, ...NOT_FOUND] });
  }

  #at(path = ''): string {
    return `store:${[this.#options.location.bucket, this.#key(path)].filter((part) => part !== '').join('/')}`;
  }

  #key(path: string): string {
    return [this.#options.location.prefix, path].filter((part) => part !== '').join('/');
  }

  #run([name, ...args]: readonly [string, ...string[]], more: Partial<RunOptions> = {}): Promise<RunResult> {
    const { runner, location, timeoutMs, signal } = this.#options;
    const fixed = ['--retries=3', '--low-level-retries=5', '--contimeout=20s', '--timeout=5m', '--s3-no-check-bucket'];
    const command = ['rclone', name, ...fixed.filter((flag) => !args.some((arg) => sameFlag(arg, flag))), ...args] as const;
    return runner.run({ command: [...command], env: remote(location), timeoutMs, signal, failure: 'backup-failed', ...more });
  }
}

const sameFlag = (a: string, b: string): boolean => a.split('=')[0] === b.split('=')[0];

/** The storage as rclone's remote `store`, by variables: a file would hold the keys. */
const remote = ({ endpoint, region, accessKeyId, secretAccessKey }: S3Location): Record<string, string> => ({
  RCLONE_CONFIG: '/dev/null',
  RCLONE_CONFIG_STORE_TYPE: 's3',
  RCLONE_CONFIG_STORE_PROVIDER: 'Other',
  RCLONE_CONFIG_STORE_ENDPOINT: endpoint,
  RCLONE_CONFIG_STORE_REGION: region,
  RCLONE_CONFIG_STORE_ACCESS_KEY_ID: accessKeyId,
  RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: secretAccessKey,
  RCLONE_CONFIG_STORE_FORCE_PATH_STYLE: 'true',
  RCLONE_CONFIG_STORE_ACL: 'private',
  // Newer storages than the one that is asked know checksums that it does not.
  AWS_REQUEST_CHECKSUM_CALCULATION: 'WHEN_REQUIRED',
  AWS_RESPONSE_CHECKSUM_VALIDATION: 'WHEN_REQUIRED',
});
