/** What the instances of a fleet are instances of, and what all of one service are asked. */
import { compareText } from '../../../analyzers/frame-order.ts';
import { DiagnosticsError } from '../../../base/errors.ts';
import { withDeadline } from '../../../base/waiting/deadline.ts';
import { checkLimit } from '../../../diagnostics/answers/limit.ts';
import { HEALTH_STATUSES } from '../../../health/finding.ts';
import type { InstanceStatus, ServiceStatus, ServiceTasks } from '../../target.ts';
import type { Instance } from './instance.ts';
import { mergeTasks } from './tasks.ts';

export interface Services {
  services(): Promise<ServiceStatus[]>;
  service(name: string): Promise<ServiceStatus>;
  serviceTasks(service: string, question: { limit: number }): Promise<ServiceTasks>;
}

export interface ServicesOptions {
  instances(): Iterable<Instance>;
  /** Resolves once they have been read lately. */
  fresh(): Promise<void>;
}

/** A question to all of a service is not held up by the slowest. */
const ASK_ALL_WITHIN_MS = 10_000;

export function createServices({ instances, fresh }: ServicesOptions): Services {
  async function services(): Promise<ServiceStatus[]> {
    await fresh();
    const known = Array.from(instances(), (instance) => ({ instance, status: instance.status() }));
    return [...Map.groupBy(known, ({ status }) => status.service)]
      .sort(([a], [b]) => compareText(a, b))
      .map(([name, all]) => ({
        name,
        instances: all.sort(worstFirst).map(({ instance }) => instance.target.name),
      }));
  }

  async function service(name: string): Promise<ServiceStatus> {
    const all = await services();
    const found = all.find((each) => each.name === name);
    if (found !== undefined) return found;
    const names = all.map((each) => each.name).join(', ');
    throw new DiagnosticsError(
      'NOT_FOUND',
      `there is no service ${JSON.stringify(name)}; there are ${names === '' ? 'none' : names}`,
    );
  }

  async function serviceTasks(name: string, { limit }: { limit: number }): Promise<ServiceTasks> {
    checkLimit(limit);
    await fresh();
    const running = [...instances()].filter(
      (instance) => instance.pulse() !== null && instance.service === name,
    );
    if (running.length === 0) {
      throw new DiagnosticsError(
        'NOT_FOUND',
        `there is no running instance of ${JSON.stringify(name)}`,
      );
    }
    const outcomes = await Promise.all(running.map(tasksOf));
    const answers = outcomes.flatMap(({ name, tasks }) =>
      tasks === null ? [] : [{ name, tasks }],
    );
    return {
      answered: answers.map(({ name }) => name),
      unanswered: outcomes.flatMap(({ name, reason }) =>
        reason === null ? [] : [{ name, reason }],
      ),
      total: answers.reduce((sum, { tasks }) => sum + tasks.total, 0),
      groups: mergeTasks(answers).slice(0, limit),
    };
  }

  return { services, service, serviceTasks };
}

async function tasksOf({ target: { name }, readTasks }: Instance) {
  try {
    const tasks = await withDeadline(readTasks(), ASK_ALL_WITHIN_MS, () =>
      Promise.reject(new Error('it took too long')),
    );
    return { name, tasks, reason: null };
  } catch (error) {
    return { name, tasks: null, reason: (error as Error).message };
  }
}

interface Known {
  instance: Instance;
  status: InstanceStatus;
}

/** Those that are gone come last. */
function worstFirst(a: Known, b: Known): number {
  const [one, other] = [a.status, b.status];
  return (
    Number(one.isGone) - Number(other.isGone) ||
    rankOf(other) - rankOf(one) ||
    (other.blockedForMs ?? 0) - (one.blockedForMs ?? 0) ||
    compareText(a.instance.title, b.instance.title)
  );
}

/** One that has told nothing of its health is as good as well. */
const rankOf = ({ health }: InstanceStatus) => HEALTH_STATUSES.indexOf(health ?? 'HEALTHY');
