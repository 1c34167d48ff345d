import type { AppStatus, Drift, WorkloadHealth } from '../../deploy/status/index.ts';
import type { CheckedFinding } from '../../doctor/index.ts';
import { hasDigest } from '../../interfaces/image-reference.ts';
import { bold, code, join, link, marked, raw, type Text } from '../../runtime/markdown.ts';
import type { SummaryWriter } from '../../runtime/summary.ts';
import type { CostEstimate } from '../../tools/digitalocean/cost.ts';
import { short, writeFullCommits } from '../shared/commits.ts';

const HISTORY = 8;
const time = (iso: string): string =>
  iso
    .replace(/\.\d+Z$/, 'Z')
    .replace('T', ' ')
    .replace('Z', ' UTC');

export const driftLine = ({ object, message, by }: Drift): string => `${object}: ${message}${by === undefined ? '' : ` (${by})`}`;

/** One line: who serves, and whether all is well. */
export function headline(status: AppStatus): string {
  const { release, state, version, active, drift, healing } = status;
  if (state === 'not-deployed') return `${release}: not deployed in namespace ${status.namespace}`;
  if (state === 'mixed') return `${release}: its Services select different colors`;
  if (state === 'nothing') return `${release}: nothing serves`;
  const workloads = [...status.colors.filter(({ role }) => role === 'active').flatMap((color) => color.workloads), ...status.shared];
  const unready = workloads.filter(({ ready }) => !ready).map(({ workload }) => workload);
  const troubles = [
    unready.length > 0 ? `${unready.join(', ')} not ready` : '',
    ...status.services.flatMap(({ name, problem }) => (problem === undefined ? [] : [`Service/${name}: ${problem}`])),
    drift.length > 0 ? `${drift.length} drifted` : '',
    healing === undefined ? '' : 'a killed run needs healing',
  ].filter(Boolean);
  const serves = `${release}: ${short(version ?? 'an unknown version')} serves ${status.inPlace ? 'in place' : `as ${active}`}`;
  return troubles.length === 0 ? `${serves}, healthy` : `${serves}; ${troubles.join('; ')}`;
}

/** Who serves and what is wrong first, then the rest of the picture. */
export function writeSummary(summary: SummaryWriter, status: AppStatus, cost: CostEstimate | undefined): void {
  summary.heading(2, headline(status));
  const since = status.deployedAt ? [raw(' since '), time(status.deployedAt)] : [];
  const where = status.url ? [raw(' at '), link(code(status.url), status.url)] : [];
  if (status.version)
    summary.text(raw('Version '), bold(code(short(status.version))), raw(' in namespace '), code(status.namespace), ...where, ...since);
  writeDrift(summary, status);
  writeRun(summary, status);
  writeHealth(summary, status);
  writeHistory(summary, status);
  if (cost) writeCost(summary, cost);
  if (status.unseen.length > 0) {
    summary.heading(3, 'Not checked');
    summary.list(status.unseen);
  }
  const shown = status.history.slice(0, HISTORY).map(({ version }) => version);
  writeFullCommits(summary, [status.version, status.inFlight?.version, status.lastFailure?.version, ...shown]);
}

function writeDrift(summary: SummaryWriter, { drift }: AppStatus): void {
  if (drift.length === 0) return;
  summary.heading(3, 'Not as it was deployed');
  summary.table(
    ['object', 'what', 'by'],
    drift.map(({ object, message, by }) => [code(object), short(message), by ?? '']),
  );
}

function writeRun(summary: SummaryWriter, { lease, inFlight, healing, lastFailure }: AppStatus): void {
  const lines: Text[] = [];
  if (lease)
    lines.push(`The lease is held by ${lease.who}${lease.expired ? ', which has not renewed it: the next run takes it over' : ''}.`);
  if (inFlight) {
    const run: Text = inFlight.runUrl ? link('its run', inFlight.runUrl) : inFlight.holder;
    const next = healing === undefined ? '' : ` Its run was killed; the next one will ${healing}.`;
    lines.push(
      join(
        `A deploy of ${short(inFlight.version)} is in flight ${inFlight.inPlace ? 'in place' : `as ${inFlight.color}`}, in “${inFlight.phase}” (`,
        run,
        `).${next}`,
      ),
    );
  }
  if (lastFailure) {
    lines.push(
      `The last attempt failed: ${short(lastFailure.version)}, ${time(lastFailure.at)}: ${short(lastFailure.cause)} (${lastFailure.reason}).`,
    );
  }
  if (lines.length > 0) summary.list(lines);
}

function writeHealth(summary: SummaryWriter, status: AppStatus): void {
  const { services, colors, shared } = status;
  if (services.length > 0) {
    summary.heading(3, 'Services');
    summary.table(
      ['service', 'leads to', 'ready pods', 'what is wrong'],
      services.map(({ name, color, endpoints, problem }) => [
        marked(problem === undefined, name),
        color ?? (status.inPlace ? 'what is in place' : 'no color'),
        String(endpoints),
        problem ?? '',
      ]),
    );
  }
  const row = (of: string, { workload, ready, text, images, problem }: WorkloadHealth): Text[] => [
    marked(ready, workload),
    of,
    problem === undefined ? text : `${text}: ${problem}`,
    join(
      ...images.flatMap(({ image, digests }, index) => [
        raw(index > 0 ? '<br>' : ''),
        code(shortImage(image)),
        raw(digestText(image, digests)),
      ]),
    ),
  ];
  const rows = [
    ...colors.flatMap(({ color, role, version, workloads }) =>
      workloads.map((one) => row(`${color}, ${role}${version ? ` (${short(version)})` : ''}`, one)),
    ),
    ...shared.map((one) => row(status.inPlace ? 'in place' : 'shared', one)),
  ];
  if (rows.length === 0) return;
  summary.heading(3, 'Workloads');
  summary.table(['workload', 'part', 'state', 'image'], rows);
}

/** The report file has it in full. */
const shortImage = (image: string): string => short(image).replace(/(@sha256:[0-9a-f]{12})[0-9a-f]{52}$/, '$1…');

/** A digest that the image's name holds already is not said twice. */
const digestText = (image: string, digests: readonly string[]): string =>
  digests.length === 0 || hasDigest(image) ? '' : ` runs ${digests.map((digest) => digest.slice(0, 19)).join(', ')}`;

function writeHistory(summary: SummaryWriter, { history, version, rollback }: AppStatus): void {
  if (history.length === 0) return;
  summary.heading(3, 'Versions that served');
  const choices = new Map(rollback.map((choice) => [`${choice.version} ${choice.at}`, choice]));
  summary.table(
    ['version', 'since', 'by', 'color', 'a rollback'],
    history.slice(0, HISTORY).map((entry, index) => {
      const choice = choices.get(`${entry.version} ${entry.at}`);
      const words = choice ? join(code(choice.to), raw(' '), choice.text) : index === 0 && entry.version === version ? 'serves' : '';
      return [
        entry.runUrl ? link(code(short(entry.version)), entry.runUrl) : code(short(entry.version)),
        time(entry.at),
        entry.actor,
        entry.inPlace ? 'in place' : entry.color,
        words,
      ];
    }),
  );
}

/** What the doctor found, with what mends it. */
export function writeFindings(summary: SummaryWriter, findings: readonly CheckedFinding[]): void {
  summary.heading(3, 'Before a deploy');
  summary.table(
    ['check', 'result', 'what was found'],
    findings.map(({ check, level, message }) => [marked(level === 'ok', check), level, message]),
  );
  for (const { check, level, mend } of findings) {
    if (level === 'ok' || mend === undefined) continue;
    summary.details(`What mends it: ${check}`, (inner) => inner.code(mend));
  }
}

function writeCost(summary: SummaryWriter, { cluster, items, monthlyUsd, unpriced }: CostEstimate): void {
  summary.heading(3, `Cost of ${cluster}: about ${monthlyUsd.toFixed(2)} USD a month`);
  summary.table(
    ['what', 'size', 'count', 'USD a month'],
    items.map(({ what, size, count, monthlyUsd: price }) => [
      what,
      size,
      String(count),
      price === undefined ? 'not in the API' : price.toFixed(2),
    ]),
  );
  if (unpriced.length === 0) return;
  summary.text(`Without a price in DigitalOcean's API: ${unpriced.join(', ')}. Volumes, traffic and the registry are not counted.`);
}
