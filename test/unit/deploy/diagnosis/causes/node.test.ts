import { expect, test } from '@jest/globals';
import { scheduleCause } from '../../../../../src/deploy/diagnosis/causes/node.ts';

test.each([
  ['0/2 nodes are available: 2 Insufficient cpu.', 'unschedulable'],
  ['pod has unbound immediate PersistentVolumeClaims', 'volume-pending'],
])('pods without a node: %s', (message, reason) => expect(scheduleCause('web-1', message).reason).toBe(reason));
