import { expect, test } from '@jest/globals';
import { findTarget } from '../../../../src/deploy/rollback/find.ts';
import { parseTarget } from '../../../../src/deploy/rollback/target.ts';
import { choice } from './helpers.ts';

const [OLD, NEW] = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string];

/** A registry in which the tag `v1.4.0` of `ghcr.io/acme/web` leads to the old image. */
async function versionOf(toText: string, oldImage: string) {
  const asked: string[] = [];
  const digestOf = async (repository: string, tag: string) => {
    asked.push(`${repository}:${tag}`);
    return repository === 'ghcr.io/acme/web' && tag === 'v1.4.0' ? OLD : undefined;
  };
  const to = parseTarget(toText);
  if (to === undefined) throw new Error('no target');
  const log = { info: () => undefined } as unknown as Parameters<typeof findTarget>[0]['log'];
  const found = await findTarget(
    { options: { to, toText }, digestOf, log },
    { ...choice(['2222222', { images: [`ghcr.io/acme/web@${NEW}`] }], ['1111111', { images: [oldImage] }]), active: 'blue' },
  );
  return { version: found === 'serving' ? found : found.entry.version, asked };
}

test.each([`ghcr.io/acme/web@${OLD}`, `ghcr.io/acme/web:sha-1111111@${OLD}`])('a tag leads to the version that ran %s', async (image) => {
  const { version, asked } = await versionOf('v1.4.0', image);
  expect(version).toBe('1111111');
  expect(asked).toEqual(['ghcr.io/acme/web:v1.4.0']);
});

test('images by tag alone are not looked for', async () => {
  await expect(versionOf('v1.4.0', 'ghcr.io/acme/web:sha-1111111')).rejects.toThrow('No version "v1.4.0" has served');
});
