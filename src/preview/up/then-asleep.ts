import { SERVICE } from '../../deploy/kube/names.ts';
import { DeployError } from '../../interfaces/errors.ts';
import { ownSelector } from '../../interfaces/own.ts';
import { believed, lastWoken, putToSleep } from '../asleep/index.ts';
import { momentText, ownOf, type Preview } from '../model/index.ts';
import type { UpOptions, UpTools } from './options.ts';

/**
 * Puts what was brought up, and proved, to sleep; not under somebody's hands: one that a visit woke lately is left to the janitor. Returns why
 * it stays awake; undefined where it sleeps. Only a run that is cancelled throws: the preview is there in any case.
 */
export async function thenAsleep(
  { release, wakerImage, sleepAfterMs, deploy }: UpOptions,
  preview: Preview,
  tools: UpTools,
): Promise<string | undefined> {
  const { kubernetes, clock, signal, who } = tools;
  try {
    const { items } = await kubernetes.list(SERVICE, { labelSelector: ownSelector(ownOf(preview)) });
    const woken = lastWoken(items, [clock.now()]);
    const isLate = (use: number | undefined): use is number =>
      use !== undefined && clock.now() - use < (sleepAfterMs ?? Number.POSITIVE_INFINITY);
    if (isLate(woken)) return `a visit woke it at ${momentText(woken)}`;
    const usedAt = believed(preview.usedAt, [clock.now()]);
    if (isLate(usedAt)) return `somebody used it until ${momentText(usedAt)}`;
    const { imagePullSecrets } = deploy;
    return await putToSleep({ preview, release, image: wakerImage, imagePullSecrets, who, isDue: () => true }, tools);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DeployError)) throw error;
    return error.message;
  }
}
