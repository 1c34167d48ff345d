export { artifactOf, asksReviewers, baseOf, type ForkRun, pullRequestOf, readForkRun, reviewersOf } from './fork-run.ts';
