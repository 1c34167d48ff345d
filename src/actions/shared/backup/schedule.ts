import { fitted } from '../../../split/index.ts';

/** Kubernetes' limit for CronJobs. */
const LONGEST = 52;

/** The CronJob of an app's backups, and its Secret. */
export const scheduleName = (release: string): string => fitted(`todo-deploy-${release}-backups`, LONGEST);
