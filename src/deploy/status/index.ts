export type {
  AppStatus,
  ColorStatus,
  Drift,
  LeaseStatus,
  Recorded,
  RollbackChoice,
  RunningImage,
  ServiceStatus,
  WorkloadHealth,
} from './model.ts';
export { readStatus, type StatusDeps } from './status.ts';
