import { PageLink } from '../shell/page-link.tsx';

/** From a route to all that its requests wait for. */
export function TasksLink({ route }: { route: string }) {
  return (
    <p>
      <PageLink params={{ view: 'tasks', 'tasks.find': route }}>Tasks of {route}</PageLink>
    </p>
  );
}
