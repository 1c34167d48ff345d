export type { Drift } from '../drift/model.ts';
export type {
  AppStatus,
  Recorded,
  WorkloadHealth,
} from './model.ts';
export { readStatus } from './status.ts';
