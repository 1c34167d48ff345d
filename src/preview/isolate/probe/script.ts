/** What a probe is to try; addresses may be Kubernetes' `$(NAME)` of its container's variables. */
export interface Wanted {
  /** What has to be closed. */
  closed: readonly Target[];
  /** A name that DNS has to know something of. */
  name: string;
  /** How long it tries: a network learns of a pod, and of what that may reach, a little after it has begun. */
  withinMs: number;
}

export interface Target {
  /** `the API server`: a sentence goes on with "answered". */
  what: string;
  host: string;
  port: string;
}

/** What it saw in the end. */
export interface Seen {
  dns: boolean;
  tried: Target[];
  /** Those that took a connection. */
  open: Target[];
}

/**
 * Pure: what the probe's pod runs, in any image with Node: asks until DNS answers and nothing else does, twice in succession. A connection that is
 * refused proves nothing of who refused it, so only one that was taken counts as open. The result is the container's last message.
 */
export const scriptFor = (wanted: Wanted): string => `
const { closed, name, withinMs } = ${JSON.stringify(wanted)};
const { connect } = require('node:net');
const { lookup } = require('node:dns').promises;
const { writeFileSync } = require('node:fs');
const ASK_MS = 2_000;
const end = Date.now() + withinMs;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const takes = ({ host, port }) => new Promise((resolve) => {
  const socket = connect({ host, port: Number(port) });
  const done = (taken) => { socket.destroy(); resolve(taken); };
  socket.on('connect', () => done(true)).on('error', () => done(false)).setTimeout(ASK_MS, () => done(false));
});
const knows = () => lookup(name).then(() => true, ({ code }) => code === 'ENOTFOUND');
(async () => {
  let seen = { dns: false, tried: closed, open: [] };
  for (let clean = 0; clean < 2; ) {
    const dns = await Promise.race([knows(), sleep(ASK_MS).then(() => false)]);
    const taken = await Promise.all(closed.map(takes));
    seen = { dns, tried: closed, open: closed.filter((_, index) => taken[index]) };
    clean = dns && seen.open.length === 0 ? clean + 1 : 0;
    if (Date.now() >= end) break;
    if (clean < 2) await sleep(300);
  }
  writeFileSync('/dev/termination-log', JSON.stringify(seen));
  process.exit(0);
})();
`;
