import type { Migration } from '../state/model.ts';
import type { Candidate } from './candidates.ts';

const REMAINS: Readonly<Record<Candidate['remains'] | 'serves', string>> = {
  serves: 'serves',
  warm: 'its pods run',
  zero: 'at zero',
  recorded: 'recorded',
  gone: 'its record is gone',
};

export const remainsText = ({ remains }: { remains: Candidate['remains'] | 'serves' }): string => REMAINS[remains];

/** `-2  v1.4.0  2026-11-02T10:00:00Z by ada, recorded (green), 1 migration since, irreversible`. */
export function candidateLine(candidate: Candidate): string {
  const { back, entry } = candidate;
  const by = entry.actor ? ` by ${entry.actor}` : '';
  return `-${back}  ${entry.version}  ${entry.at}${by}, ${[`${remainsText(candidate)} (${entry.inPlace ? 'in place' : entry.color})`, ...migrationText(candidate)].join(', ')}`;
}

function migrationText({ migrations, irreversible }: Candidate): string[] {
  if (migrations.length === 0) return [];
  const count = `${migrations.length} migration${migrations.length === 1 ? '' : 's'} since`;
  return [count, ...(irreversible.length > 0 ? ['irreversible'] : [])];
}

/** `Job/migrate (0042-drop-notes)`. */
export const migrationName = ({ name, irreversible }: Migration): string =>
  `Job/${name}${irreversible === undefined || irreversible === 'true' ? '' : ` (${irreversible})`}`;
