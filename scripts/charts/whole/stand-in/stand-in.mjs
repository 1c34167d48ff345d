#!/usr/bin/env node
// Stands for the programs of public charts, whose images are not to be had: answers every path of every port with its version. Knows its part
// by the name that it is started by.
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { basename } from 'node:path';

const { VERSION, PORTS = '', CRASH, STAND_IN_FAIL, STAND_IN_STATUS, STAND_IN_FAIL_PATHS = '' } = process.env;
const args = process.argv.slice(2);
const url = (text) => (text.startsWith('http') ? text : `http://${text}`);
const fail = (text, code = 1) => {
  console.error(text);
  process.exit(code);
};

const parts = {
  async curl() {
    const method = args.some((one) => /^-\w*d$/.test(one)) ? 'POST' : 'GET';
    console.log(await (await fetch(url(args.at(-1)), { method })).text());
  },
  async jq() {
    let text = '';
    for await (const part of process.stdin) text += part;
    console.log(JSON.parse(text)[args.at(-1).slice(1)]);
  },
  async podcli() {
    const { status } = await fetch(url(args.at(-1)));
    if (status !== 200) fail(`status ${status}`);
  },
  grpc_health_probe() {
    const [host, port] = args[0].replace('-addr=', '').split(':');
    const socket = connect({ host, port }, () => socket.destroy());
    socket.on('error', (error) => fail(error.message));
  },
  superset() {
    if (!args.length) return serve();
    if (args.includes(STAND_IN_FAIL)) fail(`superset ${args.join(' ')}: relation "ab_user" does not exist`, 3);
    console.log(`superset ${args.join(' ')}: done`);
  },
};

/** A worker has no port; it runs on. A tick of a CronJob, which its image starts by a shell, ends. */
function serve() {
  if (args[0] === 'bash') return console.log(`version=${VERSION}`);
  if (CRASH) fail(`${basename(process.argv[1])} ${VERSION}: cannot read its configuration`, 3);
  console.log(`version ${VERSION} on ${PORTS || 'no port'}`);
  const isWorker = args.includes('worker') || args.includes('--worker') || args.includes('beat');
  for (const port of isWorker ? [] : PORTS.split(' ').filter(Boolean)) {
    createServer(({ url: path }, answer) => {
      const bad = STAND_IN_FAIL_PATHS.split(' ').includes(path);
      answer.writeHead(bad ? 500 : Number(STAND_IN_STATUS ?? 200), { 'content-type': 'application/json' });
      answer.end(JSON.stringify(bad ? { error: 'broken' } : { version: VERSION, token: 'test' }));
    }).listen(Number(port));
  }
  const timer = setInterval(() => undefined, 60_000);
  process.on('SIGTERM', () => {
    clearInterval(timer);
    process.exit(0);
  });
}

await (parts[basename(process.argv[1])] ?? serve)();
