/** The one bundle: an action's stub calls its main or post program. */
export { backupMain, backupPost } from './actions/backup/main.ts';
export { buildPushMain, buildPushPost } from './actions/build-push/main.ts';
export { deployMain, deployPost } from './actions/deploy/main.ts';
export { janitorMain, janitorPost } from './actions/janitor/main.ts';
export { pipelineMain, pipelinePost } from './actions/pipeline/main.ts';
export { previewMain, previewPost } from './actions/preview/main.ts';
export { removeMain, removePost } from './actions/remove/main.ts';
export { restoreMain, restorePost } from './actions/restore/main.ts';
export { rollbackMain, rollbackPost } from './actions/rollback/main.ts';
export { smokeTestMain, smokeTestPost } from './actions/smoke-test/main.ts';
export { statusMain, statusPost } from './actions/status/main.ts';
export { commandLine } from './cli/main.ts';

/** A chunk of its own: no action needs it. */
export const wakerMain = async (args: readonly string[]): Promise<void> => (await import('./actions/waker/main.ts')).runWaker(args);
