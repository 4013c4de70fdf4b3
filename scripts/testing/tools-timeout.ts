/** How long a linter, knip or a compiler may take over the whole project, which is minutes on a busy machine. */
export const TOOLS_TIMEOUT_MS = 900_000;
