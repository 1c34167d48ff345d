import { createHash, createHmac } from 'node:crypto';
import type { S3Location } from './location.ts';

interface Wanted {
  method: 'GET' | 'DELETE';
  /** Of the object; empty for the bucket. */
  key: string;
  query?: Readonly<Record<string, string>>;
  /** ms since the epoch. */
  now: number;
  /** Seconds that the address is good for. */
  expires?: number;
}

/** Pure: an address that holds the right to one call (AWS Signature Version 4): no header with a secret goes to a storage without TLS. */
export function presigned(location: S3Location, { method, key, query = {}, now, expires = 300 }: Wanted): string {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = location;
  const { host, origin } = new URL(endpoint);
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const path = `/${[bucket, ...(key === '' ? [] : key.split('/'))].map(encoded).join('/')}`;
  const asked = {
    ...query,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${accessKeyId}/${scope}`,
    'X-Amz-Date': time,
    'X-Amz-Expires': String(expires),
    'X-Amz-SignedHeaders': 'host',
  };
  const search = Object.entries(asked)
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
  const canonical = [method, path, search, `host:${host}\n`, 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const key4 = [...scope.split('/')].reduce<string | Buffer>((by, part) => hmac(by, part), `AWS4${secretAccessKey}`);
  return `${origin}${path}?${search}&X-Amz-Signature=${hmac(key4, toSign).toString('hex')}`;
}

const hmac = (by: string | Buffer, text: string): Buffer => createHmac('sha256', by).update(text).digest();

/** RFC 3986, which is stricter than what addresses need. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
