/** The page at `/debug/pprof/`: what there is, with links that work wherever it is mounted. */
import type { PprofEndpoint } from './query.ts';

export function renderPprofPage(endpoints: readonly PprofEndpoint[]): string {
  const rows = endpoints.map(({ name, exampleQuery, description }) => {
    const link = exampleQuery === undefined ? name : `${name}?${exampleQuery}`;
    return `      <dt><a href="${link}">${name}</a></dt>\n      <dd>${description}</dd>`;
  });
  return `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>/debug/pprof/</title></head>
  <body>
    <h1>/debug/pprof/</h1>
    <dl>
${rows.join('\n')}
    </dl>
    <p><a href="goroutine?debug=2">full task dump</a></p>
    <p>Open a profile with <code>go tool pprof</code> and its address. Where a token is set:
      <code>http://:TOKEN@host/debug/pprof/heap</code>.</p>
  </body>
</html>
`;
}
