import type { Color } from '../../split/model.ts';
import type { Candidate } from '../rollback/index.ts';
import type { RollbackChoice } from './model.ts';

/** Pure: what a rollback to this version would do, in one line. */
export function rollbackChoice({ back, entry, remains, irreversible }: Candidate, idle: Color): RollbackChoice {
  const { version, at } = entry;
  const warning = irreversible.length > 0 ? '; a migration since then cannot be undone: only with allow-irreversible' : '';
  const words: Record<Candidate['remains'], string> = {
    warm: `switches to ${entry.color} at once: its pods run`,
    zero: `scales ${entry.color} up, checks it, and switches`,
    recorded: entry.inPlace
      ? 'applies the recorded version in place, and checks it'
      : `brings the recorded version up as ${idle}, checks it, and switches`,
    gone: 'not possible: its record in the cluster is gone',
  };
  const possible = remains !== 'gone';
  return { to: `-${back}`, version, at, possible, text: `${words[remains]}${possible ? warning : ''}` };
}
