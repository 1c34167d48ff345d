import { statusPost } from '../../dist/index.js';

statusPost();
