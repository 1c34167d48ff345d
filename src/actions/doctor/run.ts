import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckedFinding, countText, examine, findingLines } from '../../doctor/index.ts';
import { ConfigurationError, DeployError } from '../../interfaces/errors.ts';
import { REASONS } from '../../interfaces/reasons.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { Inputs } from '../../runtime/inputs.ts';
import { connectCluster } from '../shared/cluster-access.ts';
import { inputsOfWorkflow } from './from-workflow.ts';
import { type DoctorInputs, readDoctorInputs } from './inputs.ts';
import { patientOf, withoutAccount } from './patient.ts';

/** Asks everything that a first deploy rests on. Returns the findings, whatever they are. */
export async function examineApp(context: ActionContext, inputs: DoctorInputs): Promise<CheckedFinding[]> {
  const tools = await connectCluster(context, withoutAccount(inputs.cluster), inputs);
  const named = inputs.cluster.as !== undefined || inputs.cluster.digitalOcean?.serviceAccount;
  const deployer = named ? await connectCluster(context, inputs.cluster, inputs) : tools;
  try {
    return await examine(patientOf(context, inputs, tools, deployer), context.clock, context.signal);
  } finally {
    await Promise.all([...new Set([tools, deployer])].map((one) => one.close()));
  }
}

const inputVariable = (name: string): string => `INPUT_${name.toUpperCase()}`;

/** What no flag says is taken from the workflow that deploys. */
export async function doctorOfCheckout(context: ActionContext): Promise<void> {
  const { env, variables, secrets, log } = context;
  const found = inputsOfWorkflow(env.workspace);
  const isGiven = (name: string): boolean => Boolean(variables[inputVariable(name)]);
  if (!found && !isGiven('chart') && !isGiven('release')) {
    throw new ConfigurationError(`Nothing says what to examine: no workflow in ${env.workspace} deploys with this product`, {
      hint: 'Give --chart and --registry, or --release alone; `todo-deploy init` writes the workflow.',
    });
  }
  const missing = Object.entries(found?.inputs ?? {}).filter(([name]) => !isGiven(name));
  const given = { ...variables, ...Object.fromEntries(missing.map(([name, value]) => [inputVariable(name), value])) };
  if (missing.length > 0) log.info(`From ${found?.path}: ${missing.map(([name]) => name).join(', ')}\n`);
  const completed = { ...context, variables: given, inputs: new Inputs(given, secrets) };
  await runDoctor(completed, readDoctorInputs(completed));
}

/** Throws the error that fails the run, after everything was told. */
async function runDoctor(context: ActionContext, inputs: DoctorInputs): Promise<void> {
  const findings = await examineApp(context, inputs);
  for (const line of findingLines(findings)) context.log.info(line);
  context.setOutput('result', resultOf(findings));
  context.setOutput('report-file', await writeReport(context, findings));
  context.log.info('');
  requireNoFailure(inputs.release, findings);
  context.log.info(`${inputs.release}: ${countText(findings)}`);
}

export const resultOf = (findings: readonly CheckedFinding[]): string =>
  findings.some(({ level }) => level === 'fail') ? 'fail' : findings.some(({ level }) => level === 'warn') ? 'warn' : 'ok';

async function writeReport({ env, secrets }: ActionContext, findings: readonly CheckedFinding[]): Promise<string> {
  const path = join(await mkdtemp(join(env.tempDir, 'todo-deploy-report-')), 'doctor.json');
  await writeFile(path, `${secrets.redact(JSON.stringify({ findings }, null, 2))}\n`);
  return path;
}

/** Errors: `DeployError` (unprepared) that names what would stop a deploy. */
export function requireNoFailure(release: string, findings: readonly CheckedFinding[]): void {
  const failed = [...new Set(findings.filter(({ level }) => level === 'fail').map(({ check }) => check))];
  if (failed.length === 0) return;
  throw new DeployError('unprepared', `"${release}" is not ready for a deploy: ${failed.join(', ')} (${countText(findings)})`, {
    hint: REASONS.unprepared.todo,
  });
}
