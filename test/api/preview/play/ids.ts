/** Ids of repositories differ between processes, and between runs on one cluster. */
const SPAN = 1_000_000;
const FIRST = ((process.pid % 1_000) + 1) * SPAN + (Math.floor(Date.now() / 1000) % (SPAN / 2));
let last = FIRST;

export const nextRepository = (): number => ++last;

/** Whether a history of this process is about it. */
export const isPlayedHere = (repositoryId: number): boolean => repositoryId > FIRST && repositoryId <= last;
