import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { action, CHECKOUT, PRODUCT, PRODUCT_VERSION } from '../../../../src/init/write/product.ts';

test('what is written names other actions, and ours, as the examples do', () => {
  const examples = ['minimal', 'doks'].map((name) => readFileSync(`examples/workflows/${name}.yml`, 'utf8'));
  for (const example of examples) expect(example).toContain(`uses: ${CHECKOUT}\n`);
  expect(examples[0]).toContain(`uses: ${PRODUCT}@${PRODUCT_VERSION}\n`);
  expect(examples[1]).toContain(`uses: ${action('build-push')}\n`);
});
