#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(`todo-deploy needs Node.js 22.19 or newer; this is ${process.versions.node}`);
  process.exit(2);
}
const { commandLine } = await import('../dist/index.js');
commandLine(new URL('..', import.meta.url));
