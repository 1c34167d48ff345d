import http from 'node:http';
import type { LoadPlan, LoadProgress, LoadResult } from './model.ts';
import { Recorder } from './recorder.ts';

const TICK_MS = 10;
/** Beyond this the front door is not answering at all: sending more would measure our own queue. */
const MAX_IN_FLIGHT = 2000;
const FRESH_EVERY = 4;

/**
 * Sends the plan's requests until it is done or `signal` is aborted, then waits for responses in flight.
 * Every fourth request uses a new connection, the others keep-alive ones: neither kind of client may lose a request.
 */
export async function generateLoad(plan: LoadPlan, signal: AbortSignal, onProgress: (progress: LoadProgress) => void): Promise<LoadResult> {
  const agents = plan.sources.map((localAddress) => ({
    fresh: new http.Agent({ keepAlive: false, localAddress } as http.AgentOptions),
    kept: new http.Agent({ keepAlive: true, maxSockets: 4, localAddress } as http.AgentOptions),
  }));
  const underWay = new Set<Promise<void>>();
  const start = Date.now();
  const recorder = new Recorder(start);
  let sent = 0;
  let lastProgress = start;
  while (!signal.aborted && sent < plan.maxRequests && Date.now() - start < plan.maxSeconds * 1000) {
    const due = Math.min(plan.maxRequests, Math.floor(((Date.now() - start) / 1000) * plan.rate));
    for (; sent < due; sent++) {
      if (underWay.size >= MAX_IN_FLIGHT) {
        recorder.lost(Date.now(), '-', `more than ${MAX_IN_FLIGHT} requests without an answer`);
        continue;
      }
      // Whole rounds go over all sources, so that each of them has both kinds of connection.
      const agent = agents[(sent + Math.floor(sent / agents.length)) % agents.length];
      if (agent === undefined) throw new Error('The plan names no source address');
      const path = plan.paths[Math.floor(sent / 2) % plan.paths.length] ?? '/';
      const target = plan.targets[Math.floor(sent / 3) % plan.targets.length] ?? '';
      const request = send(plan, target, path, sent % FRESH_EVERY === 0 ? agent.fresh : agent.kept, recorder).finally(() =>
        underWay.delete(request),
      );
      underWay.add(request);
    }
    if (Date.now() - lastProgress >= 1000) {
      lastProgress = Date.now();
      onProgress(recorder.progress());
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(underWay);
  for (const { kept } of agents) kept.destroy();
  return recorder.result();
}

function send(plan: LoadPlan, target: string, path: string, agent: http.Agent, recorder: Recorder): Promise<void> {
  return new Promise((resolve) => {
    const sentAt = Date.now();
    const started = performance.now();
    const lost = (reason: string) => recorder.lost(sentAt, path, reason);
    let settled = false;
    const settle = (record: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(limit);
      record();
      resolve();
    };
    const request = http.get(new URL(path, target), { agent, headers: { host: plan.host, accept: 'application/json' } }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (body.length < 65_536) body += chunk;
      });
      response.on('error', (error) => settle(() => lost(error.message)));
      response.on('end', () =>
        settle(() => {
          const status = response.statusCode ?? 0;
          if (!response.complete) lost('the answer was cut off');
          else if (status < 200 || status >= 400) lost(`status ${status}: ${body.slice(0, 80)}`);
          else {
            const version = String(response.headers[plan.versionHeader] ?? 'unknown');
            recorder.answered({ sentAt, version, body, latencyMs: performance.now() - started });
          }
        }),
      );
    });
    const limit = setTimeout(() => {
      settle(() => lost(`no answer within ${plan.timeoutMs} ms`));
      request.destroy();
    }, plan.timeoutMs);
    request.on('error', (error) => settle(() => lost(error.message)));
  });
}
