import { describe, expect, test } from '@jest/globals';
import type { ProvedAttestation, Signer } from '../../../src/interfaces/attestations.ts';
import { type Demand, parseDemand } from '../../../src/provenance/demand.ts';
import { PROVENANCE, whyNot } from '../../../src/provenance/judge.ts';

const DIGEST = `sha256:${'1'.repeat(64)}`;
const ATTESTED = 'org/todo-deploy/.github/workflows/deploy-attested.yml';

const signer: Signer = {
  workflow: `https://github.com/${ATTESTED}@refs/tags/v1`,
  issuer: 'https://token.actions.githubusercontent.com',
  repository: 'https://github.com/acme/todo',
  ref: 'refs/heads/main',
  commit: 'f3c0923a',
  runner: 'github-hosted',
  run: 'https://github.com/acme/todo/actions/runs/7/attempts/1',
};

const proved = (more: Partial<Signer> = {}, rest: Partial<ProvedAttestation> = {}): ProvedAttestation => ({
  signer: { ...signer, ...more },
  predicateType: PROVENANCE,
  subjects: [DIGEST],
  ...rest,
});

function demand(...lines: string[]): Demand {
  const parsed = parseDemand(lines, { server: 'https://github.com', repository: 'acme/todo' });
  if (parsed === undefined) throw new Error('nothing is demanded');
  return parsed;
}

describe('accepted', () => {
  test.each([
    [[ATTESTED]],
    [[`${ATTESTED}@refs/tags/v1`]],
    [['acme/todo', ATTESTED]],
    [['Acme/Todo@refs/heads/main', `Org/Todo-Deploy/.github/workflows/deploy-attested.yml`]],
    [['acme/other', 'acme/todo', ATTESTED]],
  ])('by %j', (lines) => {
    expect(whyNot(proved(), DIGEST, demand(...lines))).toBeUndefined();
  });

  test('a workflow of the source itself, where no other is named', () => {
    const workflow = 'https://github.com/acme/todo/.github/workflows/release.yml@refs/heads/main';
    expect(whyNot(proved({ workflow }), DIGEST, demand('acme/todo'))).toBeUndefined();
  });

  test('an enterprise with a name of its own in the issuer', () => {
    expect(whyNot(proved({ issuer: `${signer.issuer}/acme-inc` }), DIGEST, demand(ATTESTED))).toBeUndefined();
  });
});

describe('not accepted', () => {
  test.each<[string, ProvedAttestation, string[], string]>([
    ['another workflow', proved(), ['acme/todo'], `signed by ${ATTESTED}@refs/tags/v1`],
    ['the workflow at another ref', proved(), [`${ATTESTED}@refs/tags/v2`], `signed by ${ATTESTED}@refs/tags/v1`],
    ['a ref that only begins so', proved(), [`${ATTESTED}@refs/tags/v`], 'signed by'],
    [
      'another repository',
      proved({ repository: 'https://github.com/mallory/todo' }),
      [ATTESTED],
      'built from mallory/todo at refs/heads/main',
    ],
    [
      'a repository whose name begins so',
      proved({ repository: 'https://github.com/acme/todo-evil' }),
      [ATTESTED],
      'built from acme/todo-evil',
    ],
    [
      'another branch',
      proved({ ref: 'refs/heads/wip' }),
      ['acme/todo@refs/heads/main', ATTESTED],
      'built from acme/todo at refs/heads/wip',
    ],
    [
      'a branch that looks like an end',
      proved({ ref: 'refs/heads/x@refs/heads/main' }),
      ['acme/todo@refs/heads/main', ATTESTED],
      'built from',
    ],
    [
      'another GitHub',
      proved({ repository: 'https://git.example.com/acme/todo' }),
      [ATTESTED],
      'built from https://git.example.com/acme/todo',
    ],
    [
      'a server whose name begins so',
      proved({ repository: 'https://github.com.evil.example/acme/todo' }),
      [ATTESTED],
      'built from https://github.com.evil',
    ],
    ['a person', proved({ issuer: 'https://accounts.google.com' }), [ATTESTED], 'identified by https://accounts.google.com, not by GitHub'],
    ['an issuer that begins so', proved({ issuer: `${signer.issuer}.evil.example` }), [ATTESTED], 'identified by'],
    ['a path below the issuer', proved({ issuer: `${signer.issuer}/a/b` }), [ATTESTED], 'identified by'],
    [
      'an SBOM',
      proved({}, { predicateType: 'https://cyclonedx.org/bom' }),
      [ATTESTED],
      'it is no SLSA provenance (https://cyclonedx.org/bom)',
    ],
    ['another image', proved({}, { subjects: [`sha256:${'2'.repeat(64)}`] }), [ATTESTED], `about another image (sha256:${'2'.repeat(64)})`],
    ['nothing', proved({}, { subjects: [] }), [ATTESTED], 'about another image (none)'],
    ['a certificate that says nothing', proved({ workflow: '', repository: '', ref: '' }), [ATTESTED], 'built from'],
  ])('%s', (_what, attestation, lines, why) => {
    expect(whyNot(attestation, DIGEST, demand(...lines))).toContain(why);
  });
});
