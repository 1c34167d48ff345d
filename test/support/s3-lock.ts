import { createHash } from 'node:crypto';
import { execaSync } from 'execa';
import type { S3 } from './s3.ts';

/** A call that neither the product nor rclone makes, by curl's own signature. */
function call({ location }: S3, method: string, address: string, { body = '', headers = {} as Record<string, string> } = {}): void {
  const { region, accessKeyId, secretAccessKey, endpoint } = location;
  const all = {
    ...headers,
    'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
    ...(body !== '' && { 'content-md5': createHash('md5').update(body).digest('base64'), 'content-type': 'application/xml' }),
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const signing = ['--aws-sigv4', `aws:amz:${region}:s3`, '--user', `${accessKeyId}:${secretAccessKey}`];
  const sent = body === '' ? [] : ['--data-binary', body];
  execaSync('curl', [
    '-sS',
    '--fail-with-body',
    '--max-time',
    '20',
    '--request',
    method,
    ...signing,
    ...flags,
    ...sent,
    `${endpoint}/${address}`,
  ]);
}

/** The same storage, with an empty bucket whose objects have versions and can be locked. */
export function withLocks(s3: S3, bucket = 'locked'): S3 {
  call(s3, 'PUT', bucket, { headers: { 'x-amz-bucket-object-lock-enabled': 'true' } });
  return { ...s3, location: { ...s3.location, bucket } };
}

/** Nobody may remove this version of an object, until it is let go. `path`: below the app's prefix. */
export function hold(s3: S3, path: string, on: boolean): void {
  const body = `<LegalHold xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>${on ? 'ON' : 'OFF'}</Status></LegalHold>`;
  call(s3, 'PUT', `${s3.location.bucket}/${s3.location.prefix}/${path}?legal-hold=`, { body });
}
