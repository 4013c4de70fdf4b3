/** What a route is called where its method belongs to it, as in `GET /users/:id`. */
export function routeName(method: string, route: string): string {
  return `${method} ${route}`;
}
