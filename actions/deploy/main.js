import { deployMain } from '../../dist/index.js';

deployMain();
