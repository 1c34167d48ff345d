import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cutAfter, killedAt } from '../faults.ts';
import { type Attempt, bin, type Fault } from './scene.ts';

/** The folder of a dump that is finished. */
const dumped = (change: string): string =>
  `for arg in "$@"; do case "$arg" in --file=*) at="\${arg#*=}" ;; esac; done; "$real" "$@" || exit $?; ${change}; exit 0`;
/** The second session of a run: that which reads and hashes. */
const WAITING = `FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%pg_relation_size%'`;

/** Whoever holds a table makes the others wait for it, so that the one that hashes is there for `act`. */
async function onceItWaits(attempt: Attempt, act: () => void): Promise<void> {
  const holder = await attempt.box().tools.postgres.open(attempt.options.address);
  await holder.run('BEGIN; LOCK TABLE audit.log IN ACCESS EXCLUSIVE MODE');
  const watch = setInterval(() => {
    if (attempt.scene.source.sql(`SELECT pid ${WAITING}`) === '') return;
    clearInterval(watch);
    act();
    void holder.close();
  }, 100);
  attempt.after.push(() => clearInterval(watch));
}

/** Programs and sessions of a run end too early, or lie about it. */
export const PROGRAMS_FAULTS: readonly Fault[] = [
  {
    name: 'pg_dump is killed at a byte of its own choice',
    reason: 'backup-failed',
    says: /pg_dump .*(signal SIGKILL|exit code 137)/,
    arrange: (attempt) => bin(attempt, 'pg_dump', killedAt('--file', attempt.upTo(200_000)), '--format=directory'),
  },
  {
    name: 'pg_dump leaves a table out with exit code 0',
    reason: 'backup-failed',
    says: /pg_restore/,
    arrange: (attempt) => bin(attempt, 'pg_dump', dumped('rm "$(ls -S "$at"/*.dat* | head -1)"'), '--format=directory'),
  },
  {
    name: 'pg_dump cuts a table off with exit code 0',
    reason: 'backup-failed',
    says: /pg_restore/,
    arrange: (attempt) => bin(attempt, 'pg_dump', dumped('truncate -s -50 "$(ls -S "$at"/*.dat* | head -1)"'), '--format=directory'),
  },
  {
    name: 'pg_dump leaves its table of contents out with exit code 0',
    reason: 'backup-failed',
    says: /pg_restore/,
    arrange: (attempt) => bin(attempt, 'pg_dump', dumped('rm "$at/toc.dat"'), '--format=directory'),
  },
  {
    name: 'pg_dump leaves a sequence out',
    reason: 'backup-failed',
    says: /does not hold the value of sequence public\.tickets/,
    arrange: (attempt) => bin(attempt, 'pg_dump', '"$real" "$@" --exclude-table=public.tickets', '--format=directory'),
  },
  {
    name: 'pg_dumpall fails',
    reason: 'backup-failed',
    says: /pg_dumpall .*exit code 1/,
    arrange: (attempt) => bin(attempt, 'pg_dumpall', 'exit 1'),
  },
  {
    name: 'the session that holds the snapshot is killed',
    reason: 'backup-failed',
    says: /psql|session|snapshot/i,
    arrange: (attempt) => bin(attempt, 'pg_dump', `pkill -KILL -P $PPID -x psql; sleep 0.2; exec "$real" "$@"`, '--format=directory'),
  },
  {
    name: 'the server ends the session that holds the snapshot',
    reason: 'backup-failed',
    says: /terminating connection|snapshot/i,
    arrange: (attempt) => {
      const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'todo-deploy-backup'`;
      return bin(
        attempt,
        'pg_dump',
        `PGUSER=postgres "${attempt.scene.source.bin}/psql" -XqAtc "${kill}" >/dev/null 2>&1; exec "$real" "$@"`,
        '--format=directory',
      );
    },
  },
  {
    name: 'a connection that hashes is killed',
    reason: 'backup-failed',
    says: /psql .*(SIGKILL|exit code 137)/,
    arrange: async (attempt) => {
      await onceItWaits(attempt, () => process.kill(Number(readFileSync(join(attempt.path, 'second'), 'utf8')), 'SIGKILL'));
      return bin(attempt, 'psql', `[ $turn -eq 2 ] && echo $$ > ${attempt.path}/second; exec "$real" "$@"`);
    },
  },
  {
    name: 'the server ends a connection that hashes',
    reason: 'backup-failed',
    says: /terminating connection/,
    arrange: async (attempt) => {
      await onceItWaits(attempt, () => void attempt.scene.source.sql(`SELECT pg_terminate_backend(pid) ${WAITING}`));
      return attempt.box();
    },
  },
  {
    name: 'the server stops at once during the dump',
    reason: 'backup-failed',
    says: /connection|server|shut|snapshot/i,
    arrange: (attempt) => {
      attempt.after.push(() => attempt.scene.source.start());
      const box = bin(attempt, 'pg_dump', `echo stopped > ${attempt.path}/stop; sleep 0.5; exec "$real" "$@"`, '--format=directory');
      const watch = setInterval(() => {
        if (!readdirSync(attempt.path).includes('stop')) return;
        clearInterval(watch);
        attempt.scene.source.stop('immediate');
      }, 20);
      attempt.after.unshift(() => clearInterval(watch));
      return box;
    },
  },
  {
    name: 'tar fails',
    reason: 'backup-failed',
    says: /tar .*exit code 2/,
    arrange: (attempt) => bin(attempt, 'tar', cutAfter(20_000, '2')),
  },
  {
    name: 'tar is killed',
    reason: 'backup-failed',
    says: /tar .*(SIGKILL|exit code 137)/,
    arrange: (attempt) => bin(attempt, 'tar', `"$real" "$@" | head -c ${attempt.upTo(400_000)}; kill -KILL $$`),
  },
  {
    name: 'age is killed at a byte of its own choice',
    reason: 'backup-failed',
    says: /age .*(SIGKILL|exit code 137)/,
    arrange: (attempt) => bin(attempt, 'age', `"$real" "$@" | head -c ${attempt.upTo(400_000)}; kill -KILL $$`),
  },
  {
    name: 'age refuses a recipient',
    reason: 'backup-failed',
    says: /age: malformed recipient/,
    arrange: (attempt) => {
      attempt.options = { ...attempt.options, recipients: ['age1notakey', 'age1norisit'] };
      return attempt.box();
    },
  },
];
