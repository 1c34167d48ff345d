import type { ReasonFacts } from './facts.ts';

/** What backup and restore may say. */
export const BACKUP = {
  'backup-failed': {
    title: 'no backup was made',
    meaning: 'The backup could not be finished; what it had stored already is no backup, and the next run removes it.',
    todo: 'Correct what the message names, and run it again. The backups before are untouched.',
    example: 'pg_dump failed (exit code 1): pg_dump: error: connection to server failed: server closed the connection unexpectedly',
  },
  'backup-refused': {
    title: 'the backup would not be whole',
    exitCode: 2,
    meaning: 'What would be dumped is not everything, or could not be restored: nothing was stored.',
    todo: 'Give the role the rights that the message names, or use the image of a newer PostgreSQL.',
    example: 'The role "todo" does not see every row: row security hides rows of audit.log from it',
  },
  'backup-damaged': {
    title: 'the backup is damaged',
    meaning: 'A backup is not what was stored: an object is missing, cut off or changed, or the key does not open it.',
    todo: 'Restore another backup, and find out who or what changed the bucket.',
    example: 'Backup 000042-20260301T030000Z-7f3a9c: part-00003.age is not what was stored (its SHA-256 is another one)',
  },
  'restore-refused': {
    title: 'nothing is restored there',
    exitCode: 2,
    meaning: 'The target of the restore is not a new, empty database on a server that may be used for it: nothing was touched.',
    todo: 'Name a database that does not exist, or type the name of the target in full, as the message says.',
    example: 'The database "todo" exists on db.example:5432: a restore goes into a new database only',
  },
  'restore-unequal': {
    title: 'what came back is not what was dumped',
    meaning: 'The restored database differs from the manifest of its backup.',
    todo: 'Do not use it, and do not rely on this backup: the summary names every difference.',
    example: 'The restored database differs from backup 000042-20260301T030000Z-7f3a9c: table public.todo: 4999 rows instead of 5000',
  },
  'drill-failed': {
    title: 'the drill did not come to its end',
    meaning: 'The drill could not restore the backup, or what it made could not be removed. It says nothing of the backup itself.',
    todo: 'Correct what the message names, and run the drill again. What this one left goes with the next one.',
    example: 'The PostgreSQL of this drill does not start from image postgres:17: Back-off pulling image "postgres:17"',
  },
} as const satisfies Record<string, ReasonFacts>;
