import { createHash } from 'node:crypto';
import { tryJsonObject } from '../../../interfaces/reading/json.ts';
import { fieldAt } from '../../../interfaces/values.ts';
import { type Isolation, isolationObjects } from '../objects.ts';
import { isWithin } from './targets.ts';

/** Whether the cluster's network does what the preview's NetworkPolicies say, as a pod in its namespace has seen it. */
export type Finding =
  /** What was tried, and did not answer. */
  | { state: 'proved'; tried: readonly string[] }
  /** What answered. */
  | { state: 'open'; open: readonly string[] }
  /** A clause. */
  | { state: 'unproved'; why: string };

const SILENT = 'DNS did not answer it either, so nothing follows from the silence of the others';

/** Pure: what a probe's last message proves. What `egress` opens may answer. */
export function findingOf(message: string, egress: readonly string[]): Finding {
  const seen = tryJsonObject(message);
  const [tried, open, dns] = [whats(fieldAt(seen, 'tried'), egress), whats(fieldAt(seen, 'open'), egress), fieldAt(seen, 'dns')];
  if (tried === undefined || open === undefined) return { state: 'unproved', why: 'its pod ended without saying what it saw' };
  if (open.length > 0) return { state: 'open', open };
  if (dns !== true) return { state: 'unproved', why: SILENT };
  return tried.length > 0 ? { state: 'proved', tried } : { state: 'unproved', why: 'the input "egress" opens all that is tried' };
}

function whats(targets: unknown, egress: readonly string[]): string[] | undefined {
  if (!Array.isArray(targets)) return undefined;
  const closed = targets.filter((one) => isWithin(String(fieldAt(one, 'host')), egress) !== true);
  return [...new Set(closed.map((one) => String(fieldAt(one, 'what'))))];
}

/** Pure: one line, without a full stop. */
export function findingText(finding: Finding): string {
  if (finding.state === 'proved') return `closed, proved by a pod: no answer from ${listText(finding.tried)}`;
  if (finding.state === 'unproved') return `closed by NetworkPolicies; unproved whether the cluster enforces them: ${finding.why}`;
  return `not enforced: ${listText(finding.open)} answered a pod of it, in spite of its NetworkPolicies`;
}

const listText = (items: readonly string[]): string => new Intl.ListFormat('en', { type: 'conjunction' }).format(items);

/** Pure: names the policies that a finding is about: with others it has to be found anew. */
export function policiesHash(isolation: Isolation): string {
  const policies = isolationObjects(isolation).filter(({ kind }) => kind === 'NetworkPolicy');
  return createHash('sha256').update(JSON.stringify(policies)).digest('hex').slice(0, 12);
}

/** Pure: as it is noted at the namespace; '' for what is not worth keeping. */
export function findingNote(finding: Finding, hash: string): string {
  if (finding.state === 'unproved') return '';
  return `${hash} ${finding.state} ${(finding.state === 'proved' ? finding.tried : finding.open).join(', ')}`;
}

/** Pure: what was found before of these very policies. */
export function notedFinding(note: string | undefined, hash: string): Finding | undefined {
  const [, of, state, list = ''] = /^([0-9a-f]{12}) (proved|open) (.+)$/.exec(note ?? '') ?? [];
  if (of !== hash) return undefined;
  const whats = list.split(', ');
  return state === 'proved' ? { state, tried: whats } : { state: 'open', open: whats };
}
