export { differences } from './database/compare.ts';
export { inventory } from './layout/inventory.ts';
export { chosen } from './restore/choose.ts';
export { type CutOver, cutOver, undoOf } from './restore/cut-over.ts';
export { recordDrill } from './restore/record.ts';
export { readBack, requireEqual, restoreBackup } from './restore/restore.ts';
export { fullName } from './restore/target.ts';
export { type Taken, type TakeOptions, takeBackup } from './take/take.ts';
