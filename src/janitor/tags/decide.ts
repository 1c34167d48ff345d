import { ledgerKey, unusedSince } from './ledger.ts';
import type { Ledger, Needs, Removable, RepositoryImages, TagDecision, TaggedImage, TagRules, UnusedSince } from './model.ts';
import { isKept, saysOrigin, versionOf } from './tag-names.ts';

interface Question {
  repositories: readonly RepositoryImages[];
  needs: Needs;
  ledger: Ledger;
  /** Of this machine, of the cluster: all of them have to say that it was long enough. */
  clocks: readonly number[];
  rules: TagRules;
  /** At most so many go. */
  cap: number;
}

/** Pure: which images may go, and why the others stay. */
export function decideTags(question: Question): TagDecision {
  const { cap } = question;
  const looks = question.repositories.map((repository) => lookAt(repository, question));
  const inTurn = looks.flatMap(({ removable }) => removable).sort(bySince);
  const chosen = new Set(inTurn.slice(0, cap).map(({ repository, image }) => ledgerKey(repository, image)));
  const decided = looks.map((look) => withinCap(look, chosen));
  return {
    removable: decided.flatMap(({ removable }) => removable).sort(bySince),
    kept: decided.flatMap(({ kept }) => kept),
    ledger: Object.fromEntries(looks.flatMap(({ unused }) => unused)),
  };
}

interface Look {
  of: RepositoryImages;
  removable: Removable[];
  kept: TagDecision['kept'];
  unused: [string, UnusedSince][];
}

const bySince = (one: Removable, other: Removable): number =>
  one.since - other.since || (ledgerKey(one.repository, one.image) < ledgerKey(other.repository, other.image) ? -1 : 1);

function lookAt(of: RepositoryImages, { needs, ledger, clocks, rules }: Question): Look {
  const { repository } = of;
  const kept: Look['kept'] = [];
  const unused: Look['unused'] = [];
  const removable: Removable[] = [];
  for (const image of of.images) {
    const why = reasonToStay(repository, image, needs, rules);
    if (why !== undefined) {
      kept.push({ repository, image, why });
      continue;
    }
    const key = ledgerKey(repository, image);
    const seen = unusedSince(ledger[key], image, clocks);
    unused.push([key, seen]);
    const longEnough = clocks.length > 0 && clocks.every((now) => now - seen.since >= rules.unusedForMs);
    if (longEnough) removable.push({ repository, image, since: seen.since });
    else kept.push({ repository, image, why: 'is not unused for long enough' });
  }
  return spareParts({ of, removable, kept, unused });
}

/** Pure: what speaks for an image itself. */
function reasonToStay(repository: string, { digest, tags, parts }: TaggedImage, needs: Needs, rules: TagRules): string | undefined {
  if (needs.digests.has(digest)) return 'is in use';
  if (parts.some((part) => needs.digests.has(part))) return 'is an index, and a part of it is in use';
  const named = tags.find((tag) => needs.references.has(`${repository}:${tag}`));
  if (named !== undefined) return `is in use by its tag ${named}`;
  const ofDeploy = tags.find((tag) => needs.versions.has(tag) || needs.versions.has(versionOf(tag)));
  if (ofDeploy !== undefined) return `is of a version that a journal names (${ofDeploy})`;
  const wanted = tags.find((tag) => isKept(tag, rules.keep));
  if (wanted !== undefined) return `has the tag ${wanted}, which "keep-tags" keeps`;
  const other = tags.find((tag) => !saysOrigin(tag));
  if (other !== undefined) return `has the tag ${other}, which is not a commit’s`;
  return tags.length === 0 ? 'has no tag' : undefined;
}

/** A deletion by digest takes a part from every index that holds it: a part of what stays, stays, and so on. */
function spareParts(look: Look): Look {
  const staying = new Set([...look.of.untagged.flatMap(({ parts }) => parts), ...look.kept.flatMap(({ image }) => image.parts)]);
  const spared = look.removable.filter(({ image }) => staying.has(image.digest));
  if (spared.length === 0) return look;
  return spareParts({
    ...look,
    removable: look.removable.filter((one) => !spared.includes(one)),
    kept: [...look.kept, ...spared.map(({ repository, image }) => ({ repository, image, why: 'is a part of an index that stays' }))],
  });
}

function withinCap(look: Look, chosen: ReadonlySet<string>): Look {
  const isChosen = ({ repository, image }: Removable): boolean => chosen.has(ledgerKey(repository, image));
  const late = look.removable.filter((one) => !isChosen(one));
  return spareParts({
    ...look,
    removable: look.removable.filter(isChosen),
    kept: [...look.kept, ...late.map(({ repository, image }) => ({ repository, image, why: 'waits for the next run: "cap" is reached' }))],
  });
}
