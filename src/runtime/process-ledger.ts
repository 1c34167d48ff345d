import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { State } from './state.ts';

const STATE = 'processes';

interface Entry {
  pid: number;
  /** Start time from /proc, so that a reused id is never signalled. */
  started: string;
}

/** Programs that this action has running, in its state: what a killed run leaves is ended by the post step. */
export class ProcessLedger {
  readonly #state: State;
  readonly #running = new Map<number, Entry>();

  constructor(state: State) {
    this.#state = state;
  }

  readonly started = (pid: number): void => {
    this.#running.set(pid, { pid, started: startTime(pid) ?? '' });
    this.#save();
  };

  readonly ended = (pid: number): void => {
    this.#running.delete(pid);
    this.#save();
  };

  #save(): void {
    this.#state.saveJson(STATE, [...this.#running.values()]);
  }

  /** Ends the process groups that are left: SIGTERM, and SIGKILL after `graceMs`. Returns how many there were. */
  async endLeftOver(graceMs = 5000): Promise<number> {
    const left = (this.#state.getJson<Entry[]>(STATE) ?? []).filter(alive);
    for (const { pid } of left) signalGroup(pid, 'SIGTERM');
    const limit = Date.now() + graceMs;
    while (left.some(alive) && Date.now() < limit) await delay(50);
    for (const entry of left.filter(alive)) signalGroup(entry.pid, 'SIGKILL');
    return left.length;
  }
}

/** Field 22 of /proc/<pid>/stat; undefined where there is no such process (or no /proc), or it is a zombie. */
function startTime(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function alive({ pid, started }: Entry): boolean {
  return started !== '' && startTime(pid) === started;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended meanwhile.
  }
}
