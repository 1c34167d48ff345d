import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionContext } from '../../../runtime/action.ts';

/** Writes what was done as JSON, names the file in the output `report-file`. In a Job it becomes the container's last words: 4 KiB at most. */
export async function writeBackupReport({ env, secrets, setOutput }: ActionContext, content: object): Promise<void> {
  const path = join(await mkdtemp(join(env.tempDir, 'todo-deploy-report-')), 'backup.json');
  await writeFile(path, `${secrets.redact(JSON.stringify(content))}\n`);
  setOutput('report-file', path);
}
