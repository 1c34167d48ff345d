import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { alarmed } from '../../../../../src/actions/shared/alarm/alarmed.ts';
import { readAlarm } from '../../../../../src/actions/shared/alarm/inputs.ts';
import { CancelledError, DeployError } from '../../../../../src/interfaces/errors.ts';
import { type ActionContext, createContext } from '../../../../../src/runtime/action.ts';
import { GitHubStandIn } from '../../../../support/github/server.ts';

const TOKEN = 'canary-of-the-ping-address';
const about = { what: 'drill', release: 'todo', namespace: 'prod' } as const;

let standIn: GitHubStandIn;
let service: Server;
let answers: number[] = [];
const pings: { path: string; body: string }[] = [];
beforeAll(async () => {
  standIn = await GitHubStandIn.start();
  service = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      pings.push({ path: `${request.method} ${request.url}`, body });
      response.writeHead(answers.shift() ?? 200).end('OK');
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  standIn.close();
  service.close();
});
beforeEach(() => {
  standIn.reset();
  pings.length = 0;
  answers = [];
});
/** Whatever a test does: requests and answers keep to GitHub's description. */
afterEach(() => expect(standIn.violations).toEqual([]));

const address = () => `http://127.0.0.1:${(service.address() as AddressInfo).port}/${TOKEN}`;

/** A run with these inputs, and everything that it says. */
function contextOf(inputs: Record<string, string>): { context: ActionContext; said: string[] } {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const variables = {
    ...Object.fromEntries(given),
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: 'acme/todo',
    GITHUB_RUN_ID: '7',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_API_URL: standIn.url,
  };
  const log = (redact: (text: string) => string) => {
    const line = (text: string) => say(redact(text));
    return {
      info: line,
      debug: line,
      notice: line,
      warning: (text: string) => line(`warning: ${text}`),
      error: line,
      group: <T>(_: string, body: () => T) => body(),
    };
  };
  return { context: createContext('restore', new AbortController().signal, variables, { log }), said };
}
const withIssue = { issue: 'true', 'github-token': 'ghs_token' };

async function run(inputs: Record<string, string>, error?: Error): Promise<string[]> {
  const { context, said } = contextOf(inputs);
  const work = async () => {
    if (error) throw error;
    return 'done';
  };
  const running = alarmed(context, readAlarm(context), about, work);
  await (error ? expect(running).rejects.toBe(error) : expect(running).resolves.toBe('done'));
  return said;
}

describe('a dead-man service', () => {
  test('is told of a good run, and of a failed one with the reason; the address is in no word', async () => {
    const said = [...(await run({ 'ping-url': address() })), ...(await run({ 'ping-url': address() }, new Error(`at ${address()}`)))];
    expect(pings.map(({ path }) => path)).toEqual([`POST /${TOKEN}`, `POST /${TOKEN}/fail`]);
    expect(pings[1]?.body).toMatch(/^The drill of todo in namespace prod failed: at \*\*\*$/);
    expect(said.join('\n')).not.toContain(TOKEN);
    expect(said.join('\n')).toContain('was told that the run was good');
  });

  test('that does not answer well is tried again, then a warning: the run stays what it was', async () => {
    answers = [500, 502];
    expect((await run({ 'ping-url': address() })).join('\n')).not.toContain('warning');
    answers = [500, 500, 500];
    expect((await run({ 'ping-url': address() })).join('\n')).toContain('warning: The ping to 127.0.0.1');
    const gone = await run({ 'ping-url': `http://127.0.0.1:1/${TOKEN}` });
    expect(gone.join('\n')).toContain('was not taken: it could not be reached');
    expect(gone.join('\n')).not.toContain(TOKEN);
  });

  test('is told nothing of a run that was cancelled', async () => {
    await run({ 'ping-url': address(), ...withIssue }, new CancelledError('cancelled'));
    expect([pings, standIn.calls]).toEqual([[], []]);
  });

  test('has an https address, which no error quotes', () => {
    for (const wrong of [`http://hc.example.com/${TOKEN}`, TOKEN, `ftp://hc.example.com/${TOKEN}`]) {
      const read = () => readAlarm(contextOf({ 'ping-url': wrong }).context);
      expect(read).toThrow('Input "ping-url" is no https address');
      expect(read).not.toThrow(TOKEN);
    }
  });
});

describe('an issue', () => {
  const old = new DeployError('backup-old', 'No drill of "todo" has restored a backup @ada', { hint: 'Run the drill.' });

  test('is opened once, kept up to date, and closed by the next good run; the next trouble opens another', async () => {
    await run(withIssue, old);
    await run(withIssue, new Error('the cluster does not answer'));
    expect(standIn.issues.all).toMatchObject([{ title: 'The drill of todo in namespace prod failed', state: 'open' }]);
    expect(standIn.issues.all[0]?.body).toContain('the cluster does not answer');
    expect(standIn.issues.all[0]?.body).toContain('https://github.com/acme/todo/actions/runs/7');
    await run(withIssue);
    expect(standIn.issues.all).toMatchObject([{ state: 'closed' }]);
    await run(withIssue);
    await run(withIssue, old);
    expect(standIn.issues.all.map(({ state }) => state)).toEqual(['closed', 'open']);
    expect(standIn.issues.all[1]?.body).toContain('Run the drill.');
    // Nobody is called by what a cluster says.
    expect(standIn.issues.all[1]?.body).not.toMatch(/[^\\]@ada/);
  });

  test('of somebody else who writes our marker, a pull request, and another alarm are left alone', async () => {
    await run(withIssue, old);
    const body = standIn.issues.all[0]?.body ?? '';
    const [foreign, pull, other] = [
      standIn.issues.add({ body, login: 'eve' }),
      standIn.issues.add({ body, login: 'github-actions[bot]', isPullRequest: true }),
      standIn.issues.add({ body: body.replace('prod/todo', 'test/todo'), login: 'github-actions[bot]' }),
    ];
    await run(withIssue);
    expect([foreign, pull, other].map(({ state }) => state)).toEqual(['open', 'open', 'open']);
    expect(standIn.issues.all[0]?.state).toBe('closed');
  });

  test('is found behind many others', async () => {
    for (let n = 0; n < 150; n += 1) standIn.issues.add({});
    await run(withIssue, old);
    await run(withIssue, old);
    expect(standIn.issues.all).toHaveLength(151);
    await run(withIssue);
    expect(standIn.issues.all.at(-1)?.state).toBe('closed');
  });

  test('two of two runs at once become one', async () => {
    await run(withIssue, old);
    standIn.issues.add({ body: standIn.issues.all[0]?.body ?? '', login: 'github-actions[bot]' });
    await run(withIssue, old);
    expect(standIn.issues.all.map(({ state }) => state)).toEqual(['open', 'closed']);
  });

  test('that may not be written is a warning with what the token lacks', async () => {
    standIn.next.push({ status: 200, body: [], headers: { link: '' } });
    standIn.next.push({
      status: 403,
      body: { message: 'Resource not accessible by integration', documentation_url: 'https://docs.github.com/rest', status: '403' },
    });
    const said = (await run(withIssue, old)).join('\n');
    expect(said).toContain('warning: The issue was not written');
    expect(said).toContain('issues: write');
  });

  test('needs a token and a repository', () => {
    expect(() => readAlarm(contextOf({ issue: 'true' }).context)).toThrow('Input "issue" is true, and there is no token');
  });
});
