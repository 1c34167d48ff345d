/**
 * Plays many histories of previews on one API server, in as many processes as there are processors. PREVIEW_HISTORIES is how many (1,000),
 * PREVIEW_HISTORIES_SEED where they begin, PREVIEW_HISTORIES_AT_ONCE how many each process plays side by side (8). One that went wrong does
 * not end the others: each is told as it is found, and played again by test/api/preview/histories.test.ts.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { delimiter } from 'node:path';
import { loadKubeconfig } from '../../../src/tools/kubernetes/load.ts';
import { GitHubStandIn } from '../../support/github/server.ts';
import setup from '../support/setup.ts';
import { startControllers } from '../support/start-controllers.ts';
import teardown from '../support/teardown.ts';
import { Checkout } from './play/checkout.ts';
import { Kubelets } from './play/kubelets.ts';
import { Pace } from './play/pace.ts';
import { tryHistories } from './play/property.ts';
import type { Repository } from './play/repository.ts';
import { OwnRunner } from './play/run.ts';

const WORKER = 'worker';
/** From there on it is one fault that many meet. */
const ENOUGH = Number(process.env.PREVIEW_HISTORIES_ENOUGH ?? 20);
const { PREVIEW_HISTORIES = '1000', PREVIEW_HISTORIES_SEED = '1', PREVIEW_HISTORIES_AT_ONCE = '8' } = process.env;

// Nobody reads the stacks of what is thrown on purpose.
Error.stackTraceLimit = 3;

if (process.argv[2] === WORKER) await work();
else process.exitCode = (await playAll(Number(PREVIEW_HISTORIES_SEED), Number(PREVIEW_HISTORIES))) === 0 ? 0 : 1;

async function work(): Promise<void> {
  const { kubeconfig } = JSON.parse(process.env.TODO_DEPLOY_TEST_API ?? '') as { kubeconfig: string };
  const access = loadKubeconfig({ path: kubeconfig });
  const kubelets = new Kubelets(access);
  const pace = new Pace(access);
  const checkout = new Checkout();
  const world = { access, pace, namespaces: kubelets, runnerFor: (repository: Repository) => new OwnRunner(repository, checkout) };
  const standIns: GitHubStandIn[] = [];
  kubelets.start();
  pace.start();
  process.on('message', async (seed: number) => {
    const standIn = standIns.pop() ?? (await GitHubStandIn.start());
    const wrong = await tryHistories({ seed, runs: 1 }, { ...world, standIn });
    standIns.push(standIn);
    process.send?.({ seed, wrong });
  });
  process.on('disconnect', () => {
    checkout.remove();
    process.exit();
  });
  process.send?.({ ready: true });
}

/** Returns how many went wrong; each is told. */
async function playAll(first: number, count: number): Promise<number> {
  await setup();
  const { kubeconfig, bin } = JSON.parse(process.env.TODO_DEPLOY_TEST_API ?? '') as { kubeconfig: string; bin: string[] };
  const controllers = startControllers(kubeconfig, bin.join(delimiter));
  const started = performance.now();
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  let [played, wrong] = [0, 0];
  const play = async (): Promise<void> => {
    const child = fork(new URL(import.meta.url), [WORKER]);
    const ended = once(child, 'exit');
    const next = (): void => {
      const seed = wrong < ENOUGH ? seeds.shift() : undefined;
      if (seed !== undefined) {
        atWork += 1;
        child.send(seed);
      } else if (atWork === 0) child.disconnect();
    };
    let atWork = 0;
    child.on('message', (said: { seed?: number; wrong?: string }) => {
      if (said.seed === undefined) {
        for (let slot = Number(PREVIEW_HISTORIES_AT_ONCE); slot > 0; slot -= 1) next();
        return;
      }
      atWork -= 1;
      played += 1;
      if (said.wrong !== undefined) {
        wrong += 1;
        console.error(said.wrong);
      }
      const seconds = (performance.now() - started) / 1000;
      if (played % 10 === 0) console.log(`${played} histories, ${wrong} wrong, in ${seconds.toFixed(0)} s`);
      next();
    });
    await ended;
  };
  await Promise.all(Array.from({ length: availableParallelism() }, play));
  console.log(`${played} histories, ${wrong} wrong, in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  controllers.kill();
  await teardown();
  return wrong + (count - played);
}
