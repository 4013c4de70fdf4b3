/**
 * THE LEAK. Every login is remembered, and nothing ever forgets one: about 6 MB a minute.
 * In pprofql: `inuseAllocations` shows `rememberSession`, with a retention near 1.
 */
const PAGES_PER_SESSION = 200;

/** About 200 MB, half an hour of logins. A real leak would go on until the process dies. */
const SESSIONS_BEFORE_STARTING_OVER = 12_000;

interface Session {
  id: number;
  pages: { path: string; viewedAt: Date }[];
}

const sessions = new Map<number, Session>();
let nextId = 1;

export function rememberSession(): Session {
  if (sessions.size >= SESSIONS_BEFORE_STARTING_OVER) sessions.clear();
  const session: Session = { id: nextId++, pages: [] };
  for (let page = 1; page <= PAGES_PER_SESSION; page++) {
    session.pages.push({ path: `/products/${page}`, viewedAt: new Date() });
  }
  sessions.set(session.id, session);
  return session;
}

export function sessionCount(): number {
  return sessions.size;
}
