import type { Archiver, Encryption, Scratch } from '../interfaces/backup-tools.ts';
import type { Clock } from '../interfaces/clock.ts';
import type { Log } from '../interfaces/log.ts';
import type { ObjectStore } from '../interfaces/object-store.ts';
import type { Postgres } from '../interfaces/postgres.ts';

/** The world, as a backup and a restore need it. */
export interface BackupTools {
  postgres: Postgres;
  /** Of one app. */
  store: ObjectStore;
  encryption: Encryption;
  archiver: Archiver;
  scratch: Scratch;
  clock: Clock;
  log: Log;
}
