/** A real attestation: actions/attest of May 2024 in a reusable workflow, by Sigstore's public instance, and the root that it published. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Bundle } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import seeds from '@sigstore/tuf/seeds.json' with { type: 'json' };
import { checkBundle, readBundle } from '../../../../src/tools/sigstore/check.ts';

const published = Buffer.from(seeds['https://tuf-repo-cdn.sigstore.dev'].targets['trusted_root.json'], 'base64').toString('utf8');
const root = (change: (root: TrustedRoot) => void = () => undefined): TrustedRoot => {
  const made = TrustedRoot.fromJSON(JSON.parse(published));
  change(made);
  return made;
};

const recorded = readFileSync(join(import.meta.dirname, '../../../support/sigstore/public-attestation.json'), 'utf8');
// biome-ignore lint/suspicious/noExplicitAny: any part of it is changed
function bundle(change: (json: any) => void = () => undefined): Bundle {
  const json = JSON.parse(recorded);
  change(json);
  const read = readBundle(json);
  if (read === undefined) throw new Error('it is no bundle');
  return read;
}

test('it is proved, and says who signed what', () => {
  expect(checkBundle(bundle(), [root()])).toEqual({
    proved: {
      predicateType: 'https://slsa.dev/provenance/v1',
      subjects: ['sha256:49a3aa6075e0f49f82843e74b5baa614ad2a588e6675612bf108a0a008c5ac25'],
      signer: {
        workflow:
          'https://github.com/github/artifact-attestations-workflows/.github/workflows/attest.yml@09b495c3f12c7881b3cc17209a327792065c1a1d',
        issuer: 'https://token.actions.githubusercontent.com',
        repository: 'https://github.com/malancas/attest-demo',
        ref: 'refs/heads/main',
        commit: '95baf27389e83e6a5c48f42e190d48d7abcea19e',
        runner: 'github-hosted',
        run: 'https://github.com/malancas/attest-demo/actions/runs/9228858953/attempts/1',
      },
    },
  });
});

describe('it is refused', () => {
  const entry = (json: { verificationMaterial: { tlogEntries: object[] } }) =>
    json.verificationMaterial.tlogEntries[0] as Record<string, never>;
  const payload = (text: string): string => Buffer.from(text).toString('base64');

  test.each<[string, Parameters<typeof bundle>[0], string]>([
    [
      'whose payload was changed',
      (json) => {
        json.dsseEnvelope.payload = payload(Buffer.from(json.dsseEnvelope.payload, 'base64').toString().replace('49a3aa60', '59a3aa60'));
      },
      'its entry in the transparency log does not prove it',
    ],
    [
      'whose signature was changed',
      (json) => {
        json.dsseEnvelope.signatures[0].sig = payload('x'.repeat(71));
      },
      'its entry in the transparency log does not prove it',
    ],
    [
      'without an entry in the log',
      (json) => {
        json.verificationMaterial.tlogEntries = [];
      },
      'no authority says when it was signed',
    ],
    [
      'whose entry has another time',
      (json) => {
        entry(json).integratedTime = '1716578070' as never;
      },
      'its entry in the transparency log does not prove it',
    ],
    [
      'whose time is after the certificate’s',
      (json) => {
        entry(json).integratedTime = '1800000000' as never;
      },
      'its certificate was not valid when it was signed',
    ],
    [
      'without a promise of the log',
      (json) => {
        delete (entry(json) as Record<string, unknown>).inclusionPromise;
      },
      'no authority says when it was signed',
    ],
    [
      'with another certificate',
      (json) => {
        json.verificationMaterial.certificate.rawBytes =
          root().certificateAuthorities[1]?.certChain?.certificates[0]?.rawBytes.toString('base64');
      },
      'its certificate',
    ],
    [
      'that is signed with a bare key',
      (json) => {
        delete json.verificationMaterial.certificate;
        json.verificationMaterial.publicKey = { hint: 'mine' };
      },
      'it is signed with a key, not with a certificate',
    ],
    [
      'of something else than in-toto',
      (json) => {
        json.dsseEnvelope.payloadType = 'text/plain';
      },
      'it holds no in-toto statement',
    ],
  ])('%s', (_what, change, why) => {
    const found = checkBundle(bundle(change), [root()]);
    expect([found.proved, found.refused]).toEqual([undefined, expect.stringContaining(why)]);
  });

  test.each<[string, (root: TrustedRoot) => void, string]>([
    [
      'without its authority',
      (made) => void made.certificateAuthorities.splice(0, 9),
      'its certificate is not by an authority of the trusted root',
    ],
    [
      'whose authority ended before',
      (made) => {
        for (const ca of made.certificateAuthorities) ca.validFor = { start: new Date(0), end: new Date('2024-01-01') };
      },
      'its certificate is not by an authority',
    ],
    [
      'with another log',
      (made) => {
        for (const log of made.tlogs) log.publicKey = made.ctlogs[0]?.publicKey;
      },
      'its entry in the transparency log does not prove it',
    ],
    [
      'with another log of certificates',
      (made) => {
        for (const log of made.ctlogs) {
          log.logId = { keyId: Buffer.from('other') };
        }
      },
      'its certificate',
    ],
  ])('by a root %s', (_what, change, why) => {
    expect(checkBundle(bundle(), [root(change)])).toEqual({ refused: expect.stringContaining(why) });
  });

  test('where there is no root', () => {
    expect(checkBundle(bundle(), [])).toEqual({ refused: 'there is no trusted root' });
  });

  test('by several roots: what is said is what the root says that it is of', () => {
    const other = root((made) => void made.certificateAuthorities.splice(0, 9));
    const changed = bundle((json) => {
      json.dsseEnvelope.signatures[0].sig = payload('x'.repeat(71));
    });
    for (const roots of [
      [other, root()],
      [root(), other],
    ]) {
      expect(checkBundle(changed, roots).refused).toContain('its entry in the transparency log does not prove it');
    }
  });

  test('one of several roots is enough', () => {
    const other = root((made) => void made.certificateAuthorities.splice(0, 9));
    expect(checkBundle(bundle(), [other, root()]).proved).toBeDefined();
  });
});
