import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inventory, type TakeOptions, takeBackup } from '../../../src/backup/index.ts';
import { DeployError } from '../../../src/interfaces/errors.ts';
import { type Toolbox, takeOptions, toolbox } from '../../support/backup.ts';
import { DATABASE_FAULTS } from '../../support/backup-faults/database.ts';
import { PROGRAMS_FAULTS } from '../../support/backup-faults/programs.ts';
import { type Attempt, PART, type Scene } from '../../support/backup-faults/scene.ts';
import { STORAGE_FAULTS } from '../../support/backup-faults/storage.ts';
import { openStage, SEED, STAGE_LIMIT_MS, type Stage } from '../../support/backup-stage.ts';
import { type Closable, closeAll } from '../../support/close-all.ts';
import { faultFolder } from '../../support/faults.ts';
import { type Server, startPostgres } from '../../support/postgres/server.ts';
import { randomOf } from '../../support/random.ts';
import { startS3 } from '../../support/s3.ts';
import { sampledRows } from '../../support/sample.ts';

/** `npm test` plays some of the faults once, `npm run proof` all of them as often as the promise says. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 1);
/** Each run has other places to break at; FAULT_SEED gives the same ones again. */
const seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
const next = randomOf(seed);

let stage: Stage;
let scene: Scene;
let keys: Stage['keys'];
const opened: Closable[] = [];

beforeAll(async () => {
  stage = await openStage();
  opened.push(stage);
  const [source] = stage.servers as [Server];
  const { s3 } = stage;
  ({ keys } = stage);
  const readOnly = await startS3({ readOnly: true });
  opened.push(readOnly);
  const newer = await startPostgres('newest');
  opened.push(newer);
  scene = { source, newer, s3, readOnly, parts: 0 };
  source.sql(SEED);
  newer.sql('CREATE DATABASE todo');
  const box = toolbox(source.bin, s3.location);
  scene.parts = (await takeBackup(optionsOf(), box.tools)).manifest.parts.length;
  box.close();
}, STAGE_LIMIT_MS);
afterAll(() => closeAll(opened));

const optionsOf = (): TakeOptions => takeOptions({ ...scene.source.address, database: 'todo' }, keys, { partBytes: PART });
const idsThere = async (): Promise<string[]> => {
  const box = toolbox(scene.source.bin, scene.s3.location);
  const { backups, damaged } = await inventory(box.tools.store);
  box.close();
  expect(damaged).toEqual([]);
  return backups.map(({ manifest }) => manifest.id);
};

describe(`faults of a backup (FAULT_SEED=${seed})`, () => {
  const rounds = Array.from({ length: ROUNDS }, (_, round) => round + 1);
  const played = sampledRows([...PROGRAMS_FAULTS, ...STORAGE_FAULTS, ...DATABASE_FAULTS], 'faults of a backup', 12).flatMap((fault) =>
    rounds.map((round) => ({ ...fault, round })),
  );
  test.each(played)('$name: red, and no backup ($round)', async ({ reason, says, arrange }) => {
    const boxes: Toolbox[] = [];
    const attempt: Attempt = {
      scene,
      options: optionsOf(),
      path: faultFolder(),
      after: [],
      upTo: (limit) => 1 + Math.floor(next() * limit),
      box: ({ location = scene.s3.location, bin: programs = scene.source.bin, ...more } = {}) => {
        const box = toolbox(programs, location, more);
        boxes.push(box);
        return box;
      },
    };
    const there = await idsThere();
    let error: unknown;
    try {
      const { tools } = await arrange(attempt);
      error = await takeBackup(attempt.options, tools).catch((reason: unknown) => reason);
    } finally {
      for (const box of boxes) box.close();
      for (const undo of attempt.after) await undo();
      rmSync(attempt.path, { recursive: true, force: true });
    }
    expect(error).toBeInstanceOf(DeployError);
    const { message, reason: seen } = error as DeployError;
    expect(message).toMatch(says);
    expect(seen).toBe(reason);
    expect(await idsThere()).toEqual(there);
  });

  test('the next run leaves nothing of them', async () => {
    const box = toolbox(scene.source.bin, scene.s3.location);
    const { manifest } = await takeBackup(optionsOf(), box.tools);
    const { backups, unfinished, damaged } = await inventory(box.tools.store);
    box.close();
    expect(backups[0]?.manifest.id).toBe(manifest.id);
    expect({ backups: backups.length, unfinished, damaged }).toEqual({ backups: 2, unfinished: [], damaged: [] });
  });
});
