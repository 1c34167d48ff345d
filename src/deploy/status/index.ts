export type { AppStatus, ColorStatus, Drift, LeaseStatus, RollbackChoice, RunningImage, ServiceStatus, WorkloadHealth } from './model.ts';
export { type Recorded, readStatus, type StatusDeps } from './status.ts';
