import { describe, expect, test } from '@jest/globals';
import { HttpError } from '../../../../src/interfaces/errors.ts';
import { estimateCost, readCost } from '../../../../src/tools/digitalocean/cost.ts';
import { covers, firewallError, publicAddress } from '../../../../src/tools/digitalocean/firewall.ts';
import type { Cluster } from '../../../../src/tools/digitalocean/model.ts';
import { cluster } from '../../../support/digitalocean/world.ts';
import { withStandIn } from './setup.ts';

describe('the control-plane firewall', () => {
  const closed = (status = 0): HttpError => new HttpError('no answer within 30 s', { status, code: 'Timeout' });
  const guarded = (enabled: boolean): Cluster =>
    cluster({ control_plane_firewall: { enabled, allowed_addresses: ['1.2.3.4/32', '198.51.100.0/24'] } });

  test('names what it lets in, and the runner’s address where that is known', () => {
    expect(firewallError(guarded(true), closed(), '203.0.113.7')?.message).toBe(
      "The cluster acme-production does not answer, and its control-plane firewall lets in only 1.2.3.4/32, 198.51.100.0/24: this runner's address is 203.0.113.7",
    );
    const unknown = firewallError(guarded(true), closed(), undefined);
    expect(unknown?.message).toContain('the address that this runner is seen under is not known here');
    expect(unknown?.hint).toContain('--control-plane-firewall-allowed-addresses 1.2.3.4/32,198.51.100.0/24,<address>');
  });

  test.each([
    ['it is off', guarded(false), closed(), undefined],
    ['there is none', cluster({ control_plane_firewall: null }), closed(), undefined],
    ['the cluster has answered', guarded(true), closed(403), undefined],
    ['the runner is let in', guarded(true), closed(), '198.51.100.9'],
  ])('is not blamed where %s', (_, at, error, address) => {
    expect(firewallError(at, error, address)).toBeUndefined();
  });

  test.each([
    ['1.2.3.4', '1.2.3.4', true],
    ['1.2.3.4/32', '1.2.3.5', false],
    ['1.1.0.0/16', '1.1.255.1', true],
    ['1.1.0.0/16', '1.2.0.1', false],
    ['0.0.0.0/0', '9.9.9.9', true],
    ['200.0.0.0/7', '201.1.1.1', true],
    ['2001:db8::/32', '1.2.3.4', false],
  ])('%s holds %s: %s', (range, address, held) => {
    expect(covers(range, address)).toBe(held);
  });

  test('only a public address is one that a firewall sees', () => {
    const entry = (address: string, internal = false, family = 'IPv4') => ({ address, internal, family });
    expect(publicAddress({ lo: [entry('127.0.0.1', true)], eth0: [entry('10.1.2.3'), entry('fe80::1', false, 'IPv6')] })).toBeUndefined();
    expect(publicAddress({ docker0: [entry('172.17.0.1')], eth0: [entry('192.0.2.9'), entry('8.8.4.4')] })).toBe('8.8.4.4');
  });
});

const EXPECTED = {
  cluster: 'acme-production',
  items: [
    { what: 'node pool web', size: 's-2vcpu-4gb', count: 3, monthlyUsd: 72 },
    { what: 'node pool jobs', size: 's-1vcpu-2gb', count: 1, monthlyUsd: 12 },
    { what: 'load balancer a1b2c3', size: 'load balancer node', count: 2, monthlyUsd: undefined },
    { what: 'control plane', size: 'highly available', count: 1, monthlyUsd: undefined },
  ],
  monthlyUsd: 84,
  unpriced: ['load balancer a1b2c3', 'control plane'],
};

withStandIn('what a cluster costs', ({ api }) => {
  test('its nodes by their size, its own load balancers counted', async () => {
    expect(await readCost(api(), 'acme-production')).toEqual(EXPECTED);
  });
});

test('a size that nobody sells any more has no price', () => {
  const estimate = estimateCost(cluster({ ha: false }), [{ slug: 's-1vcpu-2gb', price_monthly: 12 }], []);
  expect([estimate.monthlyUsd, estimate.unpriced]).toEqual([12, ['node pool web']]);
});
