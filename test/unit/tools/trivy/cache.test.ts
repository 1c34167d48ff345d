import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { cacheOf, cacheRoot } from '../../../../src/tools/trivy/cache.ts';

describe('the cache of scanned layers', () => {
  test('is in Trivy’s own cache folder', () => {
    expect(cacheRoot({ TRIVY_CACHE_DIR: '/c', XDG_CACHE_HOME: '/x', HOME: '/h' })).toBe('/c');
    if (process.platform !== 'linux') return;
    expect(cacheRoot({ XDG_CACHE_HOME: '/x', HOME: '/h' })).toBe('/x/trivy');
    expect(cacheRoot({ HOME: '/h' })).toBe('/h/.cache/trivy');
  });

  test('is one of its own for each image and each version of Trivy, with the databases of all', async () => {
    const root = mkdtempSync(join(tmpdir(), 'trivy-'));
    const web = await cacheOf(root, '0.74.0', 'acme/web linux/amd64');
    expect(await cacheOf(root, '0.74.0', 'acme/web linux/amd64')).toBe(web);
    const others = [await cacheOf(root, '0.74.0', 'acme/web linux/arm64'), await cacheOf(root, '0.75.0', 'acme/web linux/amd64')];
    expect(new Set([web, ...others]).size).toBe(3);
    expect(statSync(web).mode & 0o777).toBe(0o700);
    expect(readdirSync(web).sort()).toEqual(['db', 'java-db', 'policy']);
    expect(readlinkSync(join(web, 'db'))).toBe(join(root, 'db'));
  });

  test('begins anew when it has grown too large', async () => {
    const root = mkdtempSync(join(tmpdir(), 'trivy-'));
    const folder = await cacheOf(root, '0.74.0', 'web');
    const layers = join(folder, 'fanal', 'fanal.db');
    mkdirSync(join(folder, 'fanal'));
    writeFileSync(layers, '');
    await cacheOf(root, '0.74.0', 'web');
    expect(existsSync(layers)).toBe(true);
    truncateSync(layers, 300 * 1024 * 1024);
    await cacheOf(root, '0.74.0', 'web');
    expect(existsSync(layers)).toBe(false);
  });
});
