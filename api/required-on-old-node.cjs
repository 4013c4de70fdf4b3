/**
 * What `require('pprofql')` gives on a Node that cannot require ES modules: the same
 * functions, which refuse. Bundlers that read this file instead of the real entry get that one.
 */
const [major, minor] = process.versions.node.split('.').map(Number);
const isOld = major < 22 || (major === 22 && minor < 18);

if (isOld) {
  const refusal = `Node ${process.versions.node} is too old for pprofql, which needs Node 22.18 or later`;

  class DiagnosticsError extends Error {
    constructor(code, message, options) {
      super(message, options);
      this.name = 'DiagnosticsError';
      this.code = code;
    }
  }

  exports.DiagnosticsError = DiagnosticsError;
  exports.startDiagnostics = () => Promise.reject(new DiagnosticsError('UNAVAILABLE', refusal));
  exports.createDiagnosticsHandler = () => {
    try {
      require('node:fs').writeSync(2, `pprofql: ${refusal}\n`);
    } catch {
      // The program does not depend on a line of ours.
    }
    const handler = (_request, response) => response.writeHead(503).end();
    return Object.assign(handler, { handleUpgrade() {}, stop: () => Promise.resolve() });
  };
  exports.ERROR_CODES = { UNAVAILABLE: 'UNAVAILABLE' };
  exports.EXAMPLE_GATEWAY_RULES = [];
} else {
  module.exports = require('./index.js');
}
