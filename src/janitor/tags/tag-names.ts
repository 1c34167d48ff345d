/** A commit's full id, and the tag of a second set of images of one commit; a pull request's. */
const OURS = /^(?:(?:[0-9a-f]{40}|[0-9a-f]{64})(?:-[0-9a-f]{8})?|(?:queue-)?pr-[1-9]\d*)$/;
const SET = /-[0-9a-f]{8}$/;

/** Pure: whether a tag says no more than what an image was built of. All others mean something to somebody: `latest`, `1.2.3`, a branch, a cache. */
export const saysOrigin = (tag: string): boolean => OURS.test(tag);

/** Pure: the version that a tag stands for: itself, without the mark of a second set of images. */
export const versionOf = (tag: string): string => tag.replace(SET, '');

/** Pure: whether a tag is one of those that stay by the user's wish. */
export const isKept = (tag: string, patterns: readonly string[]): boolean => patterns.some((pattern) => matches(tag, pattern));

/** Linear in the text, however many stars: each part is looked for from where the last one ended. */
function matches(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
