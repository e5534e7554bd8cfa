/** The pages of the console by their paths. */
export const routes = {
  home: "/",
  devices: "/devices",
  health: "/health",
  policy: "/policy",
  recent: "/recent",
  account: "/account",
  apiDocs: "/api/docs",
} as const;

export type RouteName = keyof typeof routes;

/** The page at a path, if there is one. */
export function routeOf(path: string): RouteName | undefined {
  const plain = path.length > 1 ? path.replace(/\/+$/, "") : path;
  return (Object.keys(routes) as RouteName[]).find((name) => routes[name] === plain);
}
