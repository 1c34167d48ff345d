import type { Clock } from '../../interfaces/clock.ts';
import { ToolError } from '../../interfaces/errors.ts';
import type { Http, HttpResponse } from '../../interfaces/http.ts';
import type { S3Location } from './location.ts';
import { presigned } from './presign.ts';

const REQUEST_MS = 60_000;
/** Of a thousand versions each; what is listed again and again does not go. */
const ROUNDS = 20;
const REFUSED = [400, 403, 405, 409];

interface Options {
  http: Http;
  clock: Clock;
  location: S3Location;
  signal?: AbortSignal | undefined;
}

/**
 * What rclone cannot: in a bucket with versions its deletion hides an object, locked or not, and leaves every byte. Here a version goes by its
 * id, and a storage that holds it by a lock says no.
 */
export class S3Versions {
  readonly #options: Options;
  #versioned: Promise<boolean> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Whether the bucket keeps versions. Whoever may not ask, or cannot be told, has none. */
  isKept(): Promise<boolean> {
    this.#versioned ??= this.#call('GET', '', { versioning: '' }).then(
      ({ status, body }) => status === 200 && /<Status>\s*(Enabled|Suspended)\s*<\/Status>/.test(body),
      () => false,
    );
    return this.#versioned;
  }

  /** Removes every version of an object, the newest first; none is hidden that cannot go. Errors: `ToolError` (backup-failed). */
  async remove(key: string): Promise<'removed' | 'locked'> {
    for (let rounds = 0; rounds < ROUNDS; rounds += 1) {
      const listed = await this.#call('GET', '', { versions: '', prefix: key, 'max-keys': '1000' });
      if (listed.status !== 200) throw this.#wrong('list the versions of', key, listed);
      const ids = versionsOf(listed.body, key);
      if (ids.length === 0) return 'removed';
      for (const versionId of ids) {
        const gone = await this.#call('DELETE', key, { versionId });
        if (REFUSED.includes(gone.status)) return 'locked';
        if (gone.status >= 300 && gone.status !== 404) throw this.#wrong('remove', key, gone);
      }
    }
    return 'locked';
  }

  async #call(method: 'GET' | 'DELETE', key: string, query: Readonly<Record<string, string>>): Promise<HttpResponse> {
    const { http, clock, location, signal } = this.#options;
    const url = await presigned(location, { method, key, query, now: clock.now() });
    return await http.request({ method, url, timeoutMs: REQUEST_MS, signal });
  }

  #wrong(what: string, key: string, { status, body }: HttpResponse): ToolError {
    const [, code = ''] = /<Code>([\w.]{1,60})<\/Code>/.exec(body) ?? [];
    const hint = 'In a bucket with versions the key needs s3:ListBucketVersions and s3:DeleteObjectVersion, too.';
    return new ToolError(`The storage does not ${what} ${key}: ${status} ${code}`.trim(), { reason: 'backup-failed', hint });
  }
}

/** Pure: ids of the versions and delete markers of this very key, the newest first. Keys of ours have no sign that XML would write otherwise. */
export function versionsOf(xml: string, key: string): string[] {
  const text = (part: string, name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(part)?.[1] ?? '';
  return [...xml.matchAll(/<(Version|DeleteMarker)>([\s\S]*?)<\/\1>/g)]
    .map(([, , part = '']) => part)
    .filter((part) => text(part, 'Key') === key)
    .toSorted((a, b) => Number(text(b, 'IsLatest') === 'true') - Number(text(a, 'IsLatest') === 'true'))
    .map((part) => text(part, 'VersionId'));
}
