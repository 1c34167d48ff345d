import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { Bundle } from '@sigstore/bundle';
import seeds from '@sigstore/tuf/seeds.json' with { type: 'json' };
import { Updater } from 'tuf-js';
import { UndiciHttp } from '../../../../src/tools/http.ts';
import { checkBundle, readBundle } from '../../../../src/tools/sigstore/check.ts';
import { PUBLISHED } from '../../../../src/tools/sigstore/published.ts';
import { type Instance, instanceOf, rootsIn, type TrustedRoots } from '../../../../src/tools/sigstore/roots.ts';
import { publishedRoots } from '../../../../src/tools/sigstore/tuf.ts';
import { TufTestRepository } from '../../../support/sigstore/tuf-repository.ts';

const target = Buffer.from(seeds['https://tuf-repo-cdn.sigstore.dev'].targets['trusted_root.json'], 'base64').toString('utf8');
const recorded = JSON.parse(readFileSync(join(import.meta.dirname, '../../../support/sigstore/public-attestation.json'), 'utf8'));

function bundle(): Bundle {
  const read = readBundle(recorded);
  if (read === undefined) throw new Error('it is no bundle');
  return read;
}

/** A certificate of GitHub's own instance, of May 2025. */
const GITHUB =
  'MIICKjCCAbCgAwIBAgIUaa62dj98DUB+TpyvKtVaR4vGSM0wCgYIKoZIzj0EAwMwODEVMBMGA1UEChMMR2l0SHViLCBJbmMuMR8wHQYDVQQDExZGdWxjaW8gSW50ZXJtZWRpYXRlIGwxMB4XDTI1MDMxMDE1MDMwMloXDTI2MDMxMDE1MDMwMlowKjEVMBMGA1UEChMMR2l0SHViLCBJbmMuMREwDwYDVQQDEwhBdHRlc3RlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIMB7plPnZvBRlC2lvAocKTAqAPMJqstEqYk26e9vDJDC1yqoiHxZfPV4W/1RqUMZD1dFKm9t4RiSmm73/QnQKajgaUwgaIwDgYDVR0PAQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMDMAwGA1UdEwEB/wQCMAAwHQYDVR0OBBYEFOqaGpr5SbdYk5CQXsmmDZCBHR+XMB8GA1UdIwQYMBaAFMDhuFKkS08+3no4EQbPSY6hRZszMC0GA1UdEQQmMCSGImh0dHBzOi8vZG90Y29tLnJlbGVhc2VzLmdpdGh1Yi5jb20wCgYIKoZIzj0EAwMDaAAwZQIwWFdF6xcXazHVPHEAtd1SeaizLdY1erRl5hK+XlwhfpnasQHHZ9bdu4Zj8ARhW/AhAjEArujhmJGo7Fi4/Ek1RN8bufs6UhIQneQd/pxE8QdorwZkj2C8nf2EzrUYzlxKfktC';

const folder = mkdtempSync(join(tmpdir(), 'roots-'));
const open: TufTestRepository[] = [];
afterEach(() => {
  for (const repository of open.splice(0)) repository.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function repository(...given: Parameters<typeof TufTestRepository.start>): Promise<TufTestRepository> {
  const started = await TufTestRepository.start(...given);
  open.push(started);
  return started;
}

let count = 0;
const rootsOf = (published: TufTestRepository, other = published): TrustedRoots =>
  publishedRoots(
    { sigstore: published, github: other },
    { http: new UndiciHttp({ env: {} }), folder: join(folder, String(count++)), signal: new AbortController().signal },
  );

describe('a published root', () => {
  test('is found from an older one, by the key that follows, and asked for once', async () => {
    const published = await repository(target, { versions: 3 });
    const roots = rootsOf(published);
    expect(checkBundle(bundle(), await roots.for(bundle())).proved).toBeDefined();
    await roots.for(bundle());
    expect(published.asked.filter((path) => path.startsWith('/targets/'))).toHaveLength(1);
    expect(published.asked).toContain('/3.root.json');
  });

  test.each<[string, (files: Map<string, string>) => void]>([
    [
      'that was changed',
      (files) => {
        const path = [...files.keys()].find((name) => name.startsWith('/targets/')) ?? '';
        files.set(path, (files.get(path) ?? '').replace('rekor', 'wreck'));
      },
    ],
    [
      'of a list that was changed',
      (files) => void files.set('/1.targets.json', (files.get('/1.targets.json') ?? '').replace('trusted_root', 'trusted_riot')),
    ],
    [
      'by a key that nobody handed over to',
      (files) => void files.set('/2.root.json', (files.get('/2.root.json') ?? '').replaceAll(/"sig":"[^"]+"/g, '"sig":"00"')),
    ],
  ])('%s is refused', async (_what, change) => {
    const published = await repository(target);
    change(published.files);
    await expect(rootsOf(published).for(bundle())).rejects.toMatchObject({
      reason: 'service-failed',
      message: expect.stringContaining(`Who may sign attestations could not be learnt from ${published.url}: `),
    });
  });

  test('that may be an old one is refused', async () => {
    const published = await repository(target, { expiresInMs: -1000 });
    await expect(rootsOf(published).for(bundle())).rejects.toThrow('Final timestamp.json is expired');
  });

  test('that is no trusted root is refused', async () => {
    await expect(rootsOf(await repository('{}')).for(bundle())).rejects.toThrow('which is no trusted root of Sigstore');
  });

  test('that is not there says what else to do', async () => {
    const gone = await repository(target);
    gone.files.clear();
    gone.files.set('/1.root.json', '{}');
    const { url } = gone;
    const roots = rootsOf({ url, root: (await repository(target)).root } as TufTestRepository);
    await expect(roots.for(bundle())).rejects.toMatchObject({ hint: expect.stringContaining('gh attestation trusted-root') });
  });
});

describe('of two instances', () => {
  const byGitHub = (): Bundle => {
    const read = readBundle({ ...recorded, verificationMaterial: { ...recorded.verificationMaterial, certificate: { rawBytes: GITHUB } } });
    if (read === undefined) throw new Error('it is no bundle');
    return read;
  };

  test('the one is asked that says it signed', async () => {
    expect([instanceOf(bundle()), instanceOf(byGitHub())]).toEqual(['sigstore', 'github']);
    const [sigstore, github] = [await repository(target), await repository(target)];
    await rootsOf(sigstore, github).for(byGitHub());
    expect([sigstore.asked.length, github.asked.length > 0]).toEqual([0, true]);
  });

  test.each<Instance>(['sigstore', 'github'])('the root that we bring along for %s is signed by its own keys', (instance) => {
    const metadataDir = mkdtempSync(join(folder, 'brought-'));
    writeFileSync(join(metadataDir, 'root.json'), PUBLISHED[instance].root);
    expect(() => new Updater({ metadataDir, metadataBaseUrl: PUBLISHED[instance].url })).not.toThrow();
    writeFileSync(
      join(metadataDir, 'root.json'),
      PUBLISHED[instance].root.replace('"threshold":3', '"threshold":1').replace('"threshold": 3', '"threshold": 1'),
    );
    expect(() => new Updater({ metadataDir, metadataBaseUrl: PUBLISHED[instance].url })).toThrow();
  });
});

describe('a file', () => {
  const line = JSON.stringify(JSON.parse(target));

  test.each([[target], [line], [`${line}\n${line}\n`]])('with one or more roots', async (text) => {
    expect(checkBundle(bundle(), await rootsIn(text, 'x').for(bundle())).proved).toBeDefined();
  });

  test.each(['', 'x', '{}', '[]', `${line}\n{}`, '{"certificateAuthorities":[{}]}', '{"certificateAuthorities":"x"}'])(
    'with %j is refused',
    (text) => {
      expect(() => rootsIn(text, 'Input "trusted-root" names x')).toThrow(
        'Input "trusted-root" names x, which is no trusted root of Sigstore',
      );
    },
  );
});
