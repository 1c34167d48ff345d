import { down } from './down.ts';
import { differences, footprint } from './footprint.ts';
import { up } from './up.ts';

/** `node cluster/check-footprint.ts`: stops the cluster, starts it, stops it, and fails if the machine is not as before the start. */
await down();
const before = await footprint();
await up();
const during = differences(before, await footprint());
await down();
const left = differences(before, await footprint());
process.stdout.write(
  `${during.length} changes while it ran, ${left.length} left after down\n${left.map((line) => `  ${line}\n`).join('')}`,
);
process.exitCode = during.length > 0 && left.length === 0 ? 0 : 1;
