import { gunzipSync } from 'node:zlib';
import type { DeployError } from '../errors.ts';
import { codeOf } from '../values.ts';

/** Returns what was compressed, at most `limit` bytes: a megabyte can be made to unpack to a thousand. */
export function gunzip(bytes: Uint8Array, limit: number, wrong: (why: string) => DeployError): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (error) {
    const large = codeOf(error) === 'ERR_BUFFER_TOO_LARGE';
    throw wrong(large ? `it unpacks to more than ${limit / 1024 / 1024} MiB` : 'it cannot be unpacked');
  }
}
