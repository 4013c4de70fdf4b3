/**
 * `npm start [-- program [arguments]]`: builds the dashboard where needed, then runs the program
 * (the demo when none is named) under pprofql.
 */
import { fileURLToPath } from 'node:url';
import { buildDashboardIfStale } from './dashboard-build.ts';

const DEMO = fileURLToPath(new URL('./demo.ts', import.meta.url));

const [program = DEMO, ...programArguments] = process.argv.slice(2);
buildDashboardIfStale();

// From here on this is pprofql's own command line: signals and exit codes are its business.
process.argv.splice(2, process.argv.length, program, ...programArguments);
await import('../api/cli.ts');
