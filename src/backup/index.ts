export { inventory } from './layout/inventory.ts';
export { chosen } from './restore/choose.ts';
export { requireEqual, restoreBackup } from './restore/restore.ts';
export { type Taken, type TakeOptions, takeBackup } from './take/take.ts';
