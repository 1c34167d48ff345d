import { describe, expect, test } from '@jest/globals';
import { loginOf } from '../../../src/backup/index.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';

const secretRef = (name: string, key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });
const objects: KubernetesObject[] = [
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, data: { password: Buffer.from('päss').toString('base64') } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { host: 'db.example.com' } },
];
const parts = { name: { value: 'todo' }, user: { value: 'app' } };

describe('what an app gets into its database by', () => {
  test('is in its record', () => {
    const host = { valueFrom: { configMapKeyRef: { name: 'c', key: 'host' } } };
    const login = loginOf({ ...parts, host, password: secretRef('db', 'password') }, objects, []);
    expect(login).toEqual({ host: 'db.example.com', port: 5432, name: 'todo', user: 'app', password: 'päss' });
  });

  test('or given', () => {
    const secrets = [{ name: 'other', key: 'url', value: 'postgresql+asyncpg://app:p%40ss@db.example.com:25060/todo?sslmode=require' }];
    const login = loginOf({ url: secretRef('other', 'url') }, objects, secrets);
    expect(login).toEqual({ host: 'db.example.com', port: 25060, name: 'todo', user: 'app', password: 'p@ss' });
  });

  test('or missing: it is named, and what to do', () => {
    const ask = () => loginOf({ ...parts, host: { value: 'db' }, password: secretRef('other', 'password') }, objects, []);
    expect(ask).toThrow('Where the app finds its database (password) stands in other/password, which is no part of its record');
  });

  test('or no address: it is not quoted', () => {
    const secrets = [{ name: 'other', key: 'url', value: 'canary' }];
    expect(() => loginOf({ url: secretRef('other', 'url') }, [], secrets)).toThrow(/^What the app finds its database by is no address/);
  });
});
