#!/usr/bin/env node
// The program that wakes a sleeping preview; the product's image starts it. See docs/previews.md.
const { wakerMain } = await import('../dist/index.js');
await wakerMain(process.argv.slice(2));
