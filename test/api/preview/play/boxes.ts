import type { Preview } from '../../../../src/preview/model/index.ts';
import { untick } from '../../../../src/preview/told/index.ts';
import type { Sent } from './events.ts';
import type { Ended } from './run.ts';
import type { Stage } from './stage.ts';

const DAY = 86_400_000;
/** Times of previews are whole seconds. */
const SLACK = 2_000;

/** A preview, and what its comment says, before and after a box is answered. */
interface Look {
  preview: Preview | undefined;
  comment: string;
  /** By this machine's clock, ms. */
  at: number;
}

export async function lookAt(stage: Stage, number: number): Promise<Look> {
  const [preview] = (await stage.previews()).filter(({ key }) => key.number === number);
  const { comments, login } = stage.standIn.played;
  const comment = comments.find((one) => one.number === number && one.login === login)?.body ?? '';
  return { preview, comment, at: stage.now() };
}

/** Pure: what should not have come of a ticked box: what it says is done if whoever ticked it may push, and nothing else. */
export function judgeTick({ number, ticked }: Sent, { how, outputs }: Ended, before: Look, after: Look): string[] {
  if (ticked === undefined) return [];
  const { box, may, by } = ticked;
  const wrong: string[] = [];
  const say = (what: string): void => void wrong.push(`"${box}" of ${number} by ${by}${may ? '' : ', who may not'}: ${what}`);
  const stays = box === 'extend' && before.preview !== undefined && !before.preview.ending;
  const state = !may ? 'skipped' : stays ? 'up' : 'gone';
  if (how !== 'green' || outputs.state !== state) say(`it came to "${outputs.state}" (${JSON.stringify(how)}), not to "${state}"`);
  if (!may && after.preview?.resourceVersion !== before.preview?.resourceVersion) say('something was done');
  if (may && box !== 'extend' && after.preview) say('its namespace is there');
  if (may && stays && (after.preview?.expiresAt ?? 0) < before.at + 7 * DAY - SLACK) say(`it stays until ${after.preview?.expiresAt} only`);
  if (may && stays && !/It stays until \d{4}-/.test(after.comment)) say(`the comment says ${JSON.stringify(after.comment)}`);
  if (may && after.comment !== untick(after.comment)) say('the box is still ticked');
  // What it said before stands, but for what the box is about.
  if ((!may || stays) && !untick(after.comment).startsWith(untick(before.comment))) {
    say(`the comment said ${JSON.stringify(before.comment)}, and says ${JSON.stringify(after.comment)}`);
  }
  return wrong;
}
