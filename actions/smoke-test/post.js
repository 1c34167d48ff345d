import { smokeTestPost } from '../../dist/index.js';

smokeTestPost();
