import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import type { Toolbox } from '../backup.ts';
import { type Attempt, bin, type Fault, fullDisk, PART } from './scene.ts';

/** The file of an object that has just been stored; `$last` is the destination. */
const stored = ({ scene }: Attempt, change: string): string =>
  `for last in "$@"; do :; done; "$real" "$@" || exit $?; at="${scene.s3.folder}/\${last#store:backups/}"; ${change}`;
const onlyUploads = (script: string): string => `case "$*" in *copyto*) ;; *) exec "$real" "$@" ;; esac; ${script}`;
/** The storage, the way to it, and the disks of both. */
export const STORAGE_FAULTS: readonly Fault[] = [
  ...['first', 'last', 'any other'].map((which) => ({
    name: `the upload of the ${which} part fails`,
    reason: 'backup-failed',
    says: /rclone copyto failed \(exit code 1\)/,
    arrange: (attempt: Attempt) => {
      const number = which === 'first' ? 1 : which === 'last' ? attempt.scene.parts : 1 + attempt.upTo(attempt.scene.parts - 2);
      return bin(attempt, 'rclone', `[ $turn -eq ${number} ] && exit 1; exec "$real" "$@"`, 'copyto*/part-');
    },
  })),
  {
    name: 'the upload of a part is killed',
    reason: 'backup-failed',
    says: /rclone copyto failed \(.*(SIGKILL|137)/,
    arrange: (attempt) => bin(attempt, 'rclone', '"$real" "$@" & id=$!; sleep 0.02; kill -KILL $id $$', 'copyto'),
  },
  {
    name: 'the storage confirms a part that it did not store',
    reason: 'backup-failed',
    says: /rclone cat failed|does not give back/,
    arrange: (attempt) => bin(attempt, 'rclone', '[ $turn -eq 3 ] && exit 0; exec "$real" "$@"', 'copyto*/part-'),
  },
  {
    name: 'the storage flips a bit of a part',
    reason: 'backup-failed',
    says: /does not give back what was stored as .*part-00002\.age: \d+ bytes came back of \d+, with another SHA-256/,
    arrange: (attempt) => flipped(attempt, 'part-00002.age'),
  },
  {
    name: 'the storage cuts a part off',
    reason: 'backup-failed',
    says: /does not give back what was stored|rclone cat failed/,
    arrange: (attempt) =>
      bin(attempt, 'rclone', onlyUploads(stored(attempt, `truncate -s ${attempt.upTo(PART - 1)} "$at"`)), '/part-00002.age'),
  },
  {
    name: 'the storage gives another object back',
    reason: 'backup-failed',
    says: /does not give back what was stored/,
    arrange: (attempt) =>
      bin(attempt, 'rclone', onlyUploads(stored(attempt, 'cp "$(dirname "$at")/part-00001.age" "$at"')), '/part-00002.age'),
  },
  {
    name: 'the upload of the manifest fails',
    reason: 'backup-failed',
    says: /rclone copyto failed/,
    arrange: (attempt) => bin(attempt, 'rclone', 'exit 1', '/manifest.json'),
  },
  {
    name: 'the storage does not give the manifest back as it was',
    reason: 'backup-failed',
    says: /manifest/,
    arrange: (attempt) => bin(attempt, 'rclone', onlyUploads(stored(attempt, `sed -i 's/"rows": "9/"rows": "8/' "$at"`)), '/manifest.json'),
  },
  {
    name: 'the storage cuts the manifest off',
    reason: 'backup-damaged',
    says: /manifest/,
    arrange: (attempt) => bin(attempt, 'rclone', onlyUploads(stored(attempt, 'truncate -s 100 "$at"')), '/manifest.json'),
  },
  {
    name: 'the storage does not answer',
    reason: 'backup-failed',
    says: /rclone lsjson failed/,
    arrange: (attempt) => attempt.box({ location: { ...attempt.scene.s3.location, endpoint: 'http://127.0.0.1:9' } }),
  },
  {
    name: 'the key of the storage is wrong',
    reason: 'backup-failed',
    says: /rclone .*failed/,
    arrange: (attempt) => attempt.box({ location: { ...attempt.scene.s3.location, secretAccessKey: 'not-the-key' } }),
  },
  {
    name: 'the bucket does not exist',
    reason: 'backup-failed',
    says: /rclone copyto failed/,
    arrange: (attempt) => attempt.box({ location: { ...attempt.scene.s3.location, bucket: 'nobodys' } }),
  },
  {
    name: 'the bucket may only be read',
    reason: 'backup-failed',
    says: /rclone copyto failed/,
    arrange: (attempt) => attempt.box({ location: attempt.scene.readOnly.location }),
  },
  {
    name: 'the disk of the storage is full',
    reason: 'backup-failed',
    says: /rclone copyto failed|rclone cat failed|does not give back/,
    arrange: (attempt) => {
      const disk = join(attempt.scene.s3.folder, 'full');
      mkdirSync(disk, { recursive: true });
      execaSync('mount', ['-t', 'tmpfs', '-o', `size=${PART + attempt.upTo(PART)}`, 'tmpfs', disk]);
      attempt.after.push(() => void execaSync('umount', ['--lazy', disk]));
      return attempt.box({ location: { ...attempt.scene.s3.location, prefix: 'full/todo' } });
    },
  },
  {
    name: 'the disk is full during the dump',
    reason: 'backup-failed',
    says: /No space left/,
    arrange: (attempt) => fullDisk(attempt, 300),
  },
  {
    name: 'the disk is full at a part',
    reason: 'backup-failed',
    says: /ENOSPC/,
    arrange: (attempt) => {
      attempt.options = { ...attempt.options, partBytes: 10_000_000 };
      return fullDisk(attempt, 1000);
    },
  },
];

function flipped(attempt: Attempt, part: string): Toolbox {
  const script = stored(
    attempt,
    `printf '\\x01' | dd of="$at" bs=1 seek=${attempt.upTo(PART - 1)} conv=notrunc status=none; printf '\\x02' | dd of="$at" bs=1 seek=${PART - 1} conv=notrunc status=none`,
  );
  return bin(attempt, 'rclone', onlyUploads(script), `/${part}`);
}
