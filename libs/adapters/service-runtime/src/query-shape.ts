const deepest = 3;

/**
 * A MongoDB command as text for a span: names of members, no values. Lists and bytes are one value each, because facts
 * are megabytes of them.
 */
export function queryShape(command: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(shapeOf(command, 1));
}

function shapeOf(value: unknown, depth: number): unknown {
  if (depth > deepest || !isPlain(value)) return '?';
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member, depth + 1)]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
