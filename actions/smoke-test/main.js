import { smokeTestMain } from '../../dist/index.js';

smokeTestMain();
