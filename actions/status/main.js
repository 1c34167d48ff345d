import { statusMain } from '../../dist/index.js';

statusMain();
