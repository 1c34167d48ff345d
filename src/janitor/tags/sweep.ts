import type { Registry } from '../../interfaces/registry.ts';
import type { ImageRemoval } from '../../interfaces/registry-provider.ts';
import { messageOf } from '../../interfaces/values.ts';
import { readClocks } from '../world/clocks.ts';
import { emptyReport, type Report, type World } from '../world/model.ts';
import { changedSince } from './again.ts';
import { collectMentions } from './collect.ts';
import { decideTags } from './decide.ts';
import { LedgerStore } from './ledger-store.ts';
import type { Mentions } from './mentions.ts';
import type { Removable, RepositoryImages, TagRules } from './model.ts';
import { readImages, readUnlisted, readUntagged } from './read.ts';

export interface TagOptions extends TagRules {
  /** `host[:port]/path`: registries or parts of them whose images this cluster alone runs. */
  prefixes: readonly string[];
  cap: number;
  dryRun: boolean;
}

export interface TagWorld extends World {
  registry: Pick<Registry, 'tags' | 'head' | 'manifest'>;
  /** How images go from a repository. */
  removal(repository: string): ImageRemoval;
}

/** Removes images that nothing in the cluster has named for long, at most `cap` of them. What cannot be judged stays, and is said. */
export async function sweepTags(world: TagWorld, options: TagOptions): Promise<Report> {
  const report = emptyReport();
  const { kubernetes, log } = world;
  const named = await collectMentions(kubernetes);
  const repositories = options.prefixes.flatMap((prefix) => named.repositoriesBelow(prefix));
  if (repositories.length === 0) {
    for (const prefix of options.prefixes) report.kept.push({ what: prefix, why: 'nothing in the cluster names an image there' });
    return report;
  }
  const tagged = await readTagged(world, repositories, report);
  // Once more, after the registry: what a deploy has begun to use meanwhile counts.
  const needs = await collectMentions(kubernetes);
  const held = await withUntagged(world, tagged, needs, report);
  const store = await LedgerStore.open(kubernetes);
  const { dryRun, cap, ...rules } = options;
  const decision = decideTags({ repositories: held, needs, ledger: store.ledger, clocks: await readClocks(world), rules, cap });
  for (const { repository, image, why } of decision.kept) report.kept.push({ what: nameOf(repository, image.tags), why });
  if (!dryRun) await store.write({ ...unread(store.ledger, held), ...decision.ledger });
  const used = new Map<string, ImageRemoval>();
  for (const one of decision.removable) await removeOne(world, one, { dryRun, held, report, used });
  for (const removal of new Set(used.values())) {
    const collected = await removal.collect?.().catch((error: unknown) => {
      report.stuck.push({ what: 'garbage collection', why: messageOf(error) });
    });
    if (collected) log.info(collected);
  }
  return report;
}

const nameOf = (repository: string, tags: readonly string[]): string => `${repository}:${tags.join(', :')}`;

async function readTagged({ registry, signal, log }: TagWorld, names: readonly string[], report: Report): Promise<RepositoryImages[]> {
  const found: RepositoryImages[] = [];
  for (const repository of new Set(names)) {
    try {
      found.push({ repository, images: await readImages(registry, repository, signal), untagged: [] });
    } catch (error) {
      signal.throwIfAborted();
      log.debug(messageOf(error));
      report.stuck.push({ what: repository, why: `could not be read, so nothing of it goes: ${messageOf(error)}` });
    }
  }
  return found;
}

async function withUntagged(
  { registry, signal }: TagWorld,
  tagged: readonly RepositoryImages[],
  needs: Mentions,
  report: Report,
): Promise<RepositoryImages[]> {
  const found: RepositoryImages[] = [];
  for (const one of tagged) {
    const known = new Set(one.images.map(({ digest }) => digest));
    try {
      // A list of tags may have been cut: what is in use by its tag is asked for by that.
      for (const digest of await readUnlisted(registry, one, needs.references, signal)) {
        needs.digests.add(digest);
        needs.pinned.set(one.repository, (needs.pinned.get(one.repository) ?? new Set()).add(digest));
      }
      const digests = [...(needs.pinned.get(one.repository) ?? [])].filter((digest) => !known.has(digest));
      found.push({ ...one, untagged: await readUntagged(registry, one.repository, digests, signal) });
    } catch (error) {
      signal.throwIfAborted();
      report.stuck.push({ what: one.repository, why: `could not be read, so nothing of it goes: ${messageOf(error)}` });
    }
  }
  return found;
}

/** What is known of repositories that could not be read this time is not forgotten. */
function unread(ledger: LedgerStore['ledger'], held: readonly RepositoryImages[]): LedgerStore['ledger'] {
  return Object.fromEntries(Object.entries(ledger).filter(([key]) => !held.some(({ repository }) => key.startsWith(`${repository}@`))));
}

async function removeOne(
  world: TagWorld,
  { repository, image }: Removable,
  { dryRun, held, report, used }: { dryRun: boolean; held: readonly RepositoryImages[]; report: Report; used: Map<string, ImageRemoval> },
): Promise<void> {
  const { registry, signal, log } = world;
  const what = nameOf(repository, image.tags);
  signal.throwIfAborted();
  try {
    const seen = new Set(held.find((one) => one.repository === repository)?.images.flatMap(({ tags }) => tags));
    const changed = await changedSince(registry, { repository, image, seen }, signal);
    if (changed !== undefined) {
      report.kept.push({ what, why: changed });
      return;
    }
    if (!dryRun) {
      const removal = world.removal(repository);
      await removal.remove(repository, image.digest, image.tags);
      used.set(repository, removal);
      log.info(`${what} is removed (${image.digest})`);
    }
    report.removed.push({ what, why: 'nothing names it' });
  } catch (error) {
    signal.throwIfAborted();
    report.stuck.push({ what, why: messageOf(error) });
  }
}
