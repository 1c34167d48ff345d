import { deployPost } from '../../dist/index.js';

deployPost();
