import { restoreMain } from '../../dist/index.js';

restoreMain();
