import { appPrefix } from '../../../backup/index.ts';
import type { App } from '../../../backup/model.ts';
import type { BackupTools } from '../../../backup/tools.ts';
import type { Reason } from '../../../interfaces/reasons.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { Age } from '../../../tools/age.ts';
import { UndiciHttp } from '../../../tools/http.ts';
import { PostgresClient } from '../../../tools/postgres/client.ts';
import { NodeProcessRunner } from '../../../tools/process.ts';
import { RcloneS3 } from '../../../tools/rclone.ts';
import { ScratchFolder } from '../../../tools/scratch.ts';
import { Tar } from '../../../tools/tar-program.ts';
import type { Destination, StorageKeys } from './storage.ts';

export interface Needs {
  app: App;
  destination: Destination;
  keys: StorageKeys;
  /** A folder with room for a dump. */
  scratch: string;
  timeoutMs: number;
  /** What a failure of PostgreSQL's programs is called. */
  failure: Reason;
  compress?: string | undefined;
}

/** PostgreSQL's programs, age, tar and rclone of this machine. `close` removes what they left on the disk. */
export function backupTools(context: ActionContext, needs: Needs): BackupTools & { close(): void } {
  const { log, clock, signal, processes, secrets, variables } = context;
  const { onStart, onEnd } = { onStart: processes.started, onEnd: processes.ended };
  const runner = new NodeProcessRunner({ onStart, onEnd, redact: secrets.redact, env: variables });
  const scratch = new ScratchFolder(needs.scratch);
  const limits = { runner, timeoutMs: needs.timeoutMs, signal };
  const location = { ...needs.destination, ...needs.keys, prefix: appPrefix(needs.destination.prefix, needs.app) };
  return {
    postgres: new PostgresClient({ ...limits, files: scratch, clock, failure: needs.failure, compress: needs.compress }),
    store: new RcloneS3({ ...limits, location, files: scratch, clock, http: new UndiciHttp({ env: variables }) }),
    encryption: new Age(limits),
    archiver: new Tar(limits),
    scratch,
    clock,
    log,
    close: () => scratch.close(),
  };
}
