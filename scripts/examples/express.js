import express from 'express';
import { createDiagnosticsHandler } from 'pprofql';

const diagnostics = createDiagnosticsHandler({ basePath: '/debug/pprofql' });

function onlyFromThisMachine(request, response, next) {
  if (request.socket.localAddress === request.socket.remoteAddress) next();
  else response.sendStatus(403);
}

const app = express();
app.use('/debug/pprofql', onlyFromThisMachine, diagnostics);
app.get('/', (_request, response) => response.send('hello\n'));

const server = app.listen(process.env.PORT ?? 3000);
server.on('upgrade', diagnostics.handleUpgrade);
