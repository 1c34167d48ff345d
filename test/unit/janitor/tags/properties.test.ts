import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { decideTags } from '../../../../src/janitor/tags/decide.ts';
import { ledgerText, readLedger } from '../../../../src/janitor/tags/ledger.ts';
import { Mentions } from '../../../../src/janitor/tags/mentions.ts';
import type { Ledger, RepositoryImages, TaggedImage } from '../../../../src/janitor/tags/model.ts';
import { randomOf } from '../../../support/random.ts';

const WANTED = 10_000;
const DAY = 86_400_000;
const seed = Number.parseInt(process.env.SAMPLE_SEED ?? '', 36) || Date.now() % 1_000_000;
const random = randomOf(seed);
const below = (limit: number): number => Math.floor(random() * limit);
const chance = (share: number): boolean => random() < share;
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

/** A repository as a registry that deletes by digest has it: manifests, what they are made of, and tags that point at them. */
class Repository {
  readonly manifests = new Map<string, string[]>();
  readonly tags = new Map<string, string>();
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }

  push(): string {
    const known = [...this.manifests.keys()].filter((digest) => this.missing(digest).length === 0);
    const parts = known.length > 2 && chance(0.4) ? [pick(known), pick(known)] : [];
    const digest = `sha256:${createHash('sha256').update(`${this.name} ${random()}`).digest('hex')}`;
    this.manifests.set(digest, [...new Set(parts)]);
    return digest;
  }

  /** The manifest goes with all of its tags. */
  remove(digest: string): void {
    this.manifests.delete(digest);
    for (const [tag, target] of this.tags) if (target === digest) this.tags.delete(tag);
  }

  closure(digest: string, seen = new Set<string>()): Set<string> {
    if (seen.has(digest)) return seen;
    seen.add(digest);
    for (const part of this.manifests.get(digest) ?? []) this.closure(part, seen);
    return seen;
  }

  /** What a pull of it lacks. */
  missing = (digest: string): string[] => [...this.closure(digest)].filter((one) => !this.manifests.has(one));

  read(needs: Mentions): RepositoryImages {
    const byDigest = new Map<string, string[]>();
    for (const [tag, digest] of this.tags) byDigest.set(digest, [...(byDigest.get(digest) ?? []), tag]);
    const parts = (digest: string): string[] => [...this.closure(digest)].filter((one) => one !== digest);
    const images: TaggedImage[] = [...byDigest].map(([digest, tags]) => ({ digest, tags, parts: parts(digest) }));
    const untagged = [...needs.digests].filter((digest) => this.manifests.has(digest) && !byDigest.has(digest));
    return { repository: this.name, images, untagged: untagged.map((digest) => ({ digest, parts: parts(digest) })) };
  }
}

const commit = (): string => createHash('sha1').update(String(random())).digest('hex');
const newTag = (): string =>
  pick([commit, commit, commit, () => `${commit()}-0badcafe`, () => `pr-${1 + below(9)}`, () => 'latest', () => `1.${below(9)}.0`])();

/** How something in a cluster names an image, and what has to be there for it. */
function use(repository: Repository, needs: Mentions): string | undefined {
  const [tag, tagged] = pick([...repository.tags]);
  const any = chance(0.2) ? pick([...repository.manifests.keys()]) : tagged;
  const ways = [
    () => needs.images(JSON.stringify({ image: `${repository.name}@${any}` })),
    () => needs.images(JSON.stringify({ imageID: `${repository.name}@${any}` })),
    () => needs.journal(JSON.stringify({ history: [{ images: [`${repository.name}:x@${any}`] }] })),
    () => needs.images(`        image: "${repository.name}:${tag}"\n`),
    () => needs.journal(JSON.stringify({ inFlight: { version: tag } })),
  ] as const;
  const way = below(ways.length);
  ways[way]?.();
  if (way < 3) return any;
  return tagged;
}

describe('deletions of tags', () => {
  test(`${WANTED} of them, over random registries: no live digest is lost (seed ${seed})`, () => {
    let removed = 0;
    let registries = 0;
    let alive = 0;
    while (removed < WANTED) {
      registries += 1;
      const repositories = Array.from({ length: 1 + below(3) }, (_, at) => new Repository(`registry.example.com/acme/app-${at}`));
      let ledger: Ledger = {};
      let now = Date.parse('2027-01-01T00:00:00Z');
      for (let pass = 0; pass < 6; pass += 1) {
        for (const repository of repositories) {
          for (let count = 4 + below(12); count > 0; count -= 1) {
            const digest = repository.push();
            for (let tags = 1 + below(2); tags > 0; tags -= 1) repository.tags.set(newTag(), digest);
            // An unchanged build gets the next commit’s tag; what a moving tag leaves has none.
            if (chance(0.2)) repository.tags.set(newTag(), pick([...repository.tags.values()]));
          }
        }
        const needs = new Mentions();
        const live = repositories
          .flatMap((repository) => Array.from({ length: below(6) }, () => ({ repository, digest: use(repository, needs) ?? '' })))
          .filter(({ repository, digest }) => repository.missing(digest).length === 0);
        alive += live.length;
        const { removable, ledger: next } = decideTags({
          repositories: repositories.map((repository) => repository.read(needs)),
          needs,
          ledger,
          clocks: [now, now - below(DAY)],
          rules: { unusedForMs: 7 * DAY, keep: chance(0.2) ? ['0*'] : [] },
          cap: chance(0.7) ? 1_000 : 1 + below(5),
        });
        for (const { repository: name, image } of removable) {
          repositories.find((one) => one.name === name)?.remove(image.digest);
          removed += image.tags.length;
        }
        const lost = live.flatMap(({ repository, digest }) => repository.missing(digest));
        expect({ lost, pass, registries }).toEqual({ lost: [], pass, registries });
        // What stays under a tag is whole.
        const torn = repositories.flatMap((repository) => [...repository.tags.values()].flatMap(repository.missing));
        expect({ torn, pass, registries }).toEqual({ torn: [], pass, registries });
        ledger = readLedger(ledgerText(next));
        now += below(20) * DAY;
      }
    }
    expect(removed).toBeGreaterThanOrEqual(WANTED);
    expect(alive).toBeGreaterThan(100);
    console.log(`${removed} tags removed from ${registries} registries, beside ${alive} uses`);
  });
});
