import type { Inventory } from '../model.ts';

/** How long an upload of another database's run is left alone, ms. */
const OTHERS_MS = 48 * 3_600_000;

/**
 * Pure: paths of what runs left that were killed. `source`: whose runs cannot be under way, since this one holds their lock. `now`: the
 * storage's clock, ms.
 */
export const leftOver = ({ unfinished }: Inventory, source: string, now: number): string[] =>
  unfinished.filter((folder) => folder.source === source || now - folder.newestAt > OTHERS_MS).flatMap(({ paths }) => paths);
