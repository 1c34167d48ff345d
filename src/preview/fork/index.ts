export { artifactOf, asksReviewers, baseOf, type ForkRun, pullRequestOf, readForkRun } from './fork-run.ts';
