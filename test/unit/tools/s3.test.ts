import { expect, test } from '@jest/globals';
import { presigned } from '../../../src/tools/s3/presign.ts';
import { versionsOf } from '../../../src/tools/s3/versions.ts';

// AWS's own example: "Authenticating Requests: Using Query Parameters", in the virtual-host style, which has no bucket in the path.
const location = {
  bucket: 'test.txt',
  prefix: '',
  endpoint: 'https://examplebucket.s3.amazonaws.com',
  region: 'us-east-1',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

test('an address is signed as the published example is', async () => {
  const now = Date.UTC(2013, 4, 24);
  const url = new URL(await presigned(location, { method: 'GET', key: '', now, expires: 86_400 }));
  expect(url.searchParams.get('X-Amz-Signature')).toBe('aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404');
  const other = new URL(
    await presigned({ ...location, bucket: 'b' }, { method: 'DELETE', key: 'a/b c!', now, query: { versionId: 'x/y' } }),
  );
  expect([other.pathname, other.searchParams.get('versionId')]).toEqual(['/b/a/b%20c!', 'x/y']);
  expect(other.search).toContain('&X-Amz-Algorithm=AWS4-HMAC-SHA256&');
});

test('versions are those of the very key, the newest first', () => {
  const version = (key: string, id: string, latest: boolean, kind = 'Version') =>
    `<${kind}><Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>${latest}</IsLatest></${kind}>`;
  const xml = `<R>${version('a', '1', false)}${version('a', '2', true, 'DeleteMarker')}${version('ab', '3', true)}</R>`;
  expect(versionsOf(xml, 'a')).toEqual(['2', '1']);
  expect(versionsOf('<html>', 'a')).toEqual([]);
});
