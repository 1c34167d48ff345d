import type { ActionContext } from '../../runtime/action.ts';
import { type DoctorInputs, readDoctorInputs } from '../doctor/inputs.ts';
import { type AlarmInputs, readAlarm } from '../shared/alarm/inputs.ts';
import { type ClusterInputs, readClusterInputs } from '../shared/cluster-access.ts';
import { readRelease } from '../shared/release-inputs.ts';

export interface StatusInputs {
  cluster: ClusterInputs;
  release: string;
  failOnDrift: boolean;
  failOnUnhealthy: boolean;
  /** Of the newest backup that a drill has restored; undefined: it may be as old as it is. */
  maxBackupAgeMs: number | undefined;
  alarm: AlarmInputs;
  /** Set where the doctor is asked, too. */
  doctor: DoctorInputs | undefined;
}

/** The only reader of the action's inputs. Throws ConfigurationError. */
export function readStatusInputs(context: ActionContext): StatusInputs {
  const { inputs } = context;
  const release = readRelease(inputs);
  return {
    cluster: readClusterInputs(context, release),
    release,
    failOnDrift: inputs.boolean('fail-on-drift', false),
    failOnUnhealthy: inputs.boolean('fail-on-unhealthy', false),
    maxBackupAgeMs: inputs.isGiven('max-backup-age') ? inputs.duration('max-backup-age', 0) || undefined : undefined,
    alarm: readAlarm(context),
    doctor: inputs.boolean('doctor', false) ? readDoctorInputs(context) : undefined,
  };
}
