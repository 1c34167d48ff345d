import { AwsV4Signer } from 'aws4fetch';
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

/** An address that holds the right to one call (AWS Signature Version 4): no header with a secret goes to a storage without TLS. */
export async function presigned(location: S3Location, { method, key, query = {}, now, expires = 300 }: Wanted): Promise<string> {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = location;
  const path = [bucket, ...(key === '' ? [] : key.split('/'))].map(encodeURIComponent).join('/');
  const asked = new URLSearchParams({ ...query, 'X-Amz-Expires': String(expires) });
  const signer = new AwsV4Signer({
    method,
    url: `${new URL(endpoint).origin}/${path}?${asked}`,
    accessKeyId,
    secretAccessKey,
    region,
    service: 's3',
    datetime: new Date(now).toISOString().replace(/[-:]|\.\d+/g, ''),
    signQuery: true,
  });
  return (await signer.sign()).url.href;
}
