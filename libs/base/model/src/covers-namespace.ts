/** Whether a pattern of `FeedSource.namespaces` matches a namespace. */
export function coversNamespace(pattern: string, namespace: string): boolean {
  return pattern.endsWith('*') ? namespace.startsWith(pattern.slice(0, -1)) : namespace === pattern;
}
