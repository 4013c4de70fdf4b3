import { startDiagnostics } from 'pprofql';

const diagnostics = await startDiagnostics({ port: Number(process.env.PORT ?? 6060) });
console.log(`Look at ${diagnostics.url}`);

process.once('SIGUSR2', () => diagnostics.stop());
setInterval(() => {}, 1_000); // Your program.
