/**
 * Runs before the npm scripts, as plain JavaScript that any Node can read: says what to do where
 * neither the Node that npm installed (an optional dependency, by platform) nor the system's will do.
 */
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `The development scripts need Node 22.18 or later; this is ${process.version}.
npm installs Node 26 beside the other dependencies on Linux, macOS and Windows (x64, and arm64 but
for Windows). It is missing here: was npm run with --omit=optional, or is ${process.platform}-${process.arch} another platform?
Run \`npm ci --include=optional\`, or install a newer Node.`,
  );
  process.exitCode = 1;
}
