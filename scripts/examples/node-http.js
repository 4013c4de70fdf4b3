import { createServer } from 'node:http';
import { createDiagnosticsHandler } from 'pprofql';

const diagnostics = createDiagnosticsHandler({ basePath: '/debug/pprofql' });

const server = createServer((request, response) => {
  if (request.url.startsWith('/debug/pprofql')) return diagnostics(request, response);
  response.end('hello\n');
});
server.on('upgrade', diagnostics.handleUpgrade);
server.listen(process.env.PORT ?? 3000);
