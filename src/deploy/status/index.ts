export type {
  AppStatus,
  Drift,
  Recorded,
  WorkloadHealth,
} from './model.ts';
export { readStatus } from './status.ts';
