import fc from 'fast-check';

/** Of repositories and pull requests. */
export const id = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
export const key = fc.record({ repositoryId: id, number: fc.integer({ min: 1, max: 99_999 }) });
/** What Helm takes as a release's name. */
export const release = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?$/);
/** Milliseconds, to the second: some years around today. */
export const moment = fc.integer({ min: 1_700_000_000, max: 2_000_000_000 }).map((seconds) => seconds * 1000);
