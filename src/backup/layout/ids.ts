/** `000042-20260301T030000Z-7f3a9c`: sequence, time of the snapshot, and a random part, since two runs may count to the same number. */
const ID = /^(\d{6,9})-(\d{8}T\d{6}Z)-[0-9a-f]{6}$/;

/** Pure. `at`: ms since the epoch; `random`: six hex digits. */
export function backupId(sequence: number, at: number, random: string): string {
  const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${String(sequence).padStart(6, '0')}-${time}-${random}`;
}

/** Pure: undefined where it is no id of ours. */
export function sequenceOf(id: string): number | undefined {
  const digits = ID.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
