import Fastify from 'fastify';
import { createDiagnosticsHandler } from 'pprofql';

const diagnostics = createDiagnosticsHandler({ basePath: '/debug/pprofql' });

const app = Fastify();
app.all('/debug/pprofql/*', (request, reply) => {
  reply.hijack();
  request.raw.body = request.body; // Fastify has read the stream already.
  diagnostics(request.raw, reply.raw);
});
app.get('/', () => 'hello\n');

await app.listen({ port: process.env.PORT ?? 3000 });
app.server.on('upgrade', diagnostics.handleUpgrade);
