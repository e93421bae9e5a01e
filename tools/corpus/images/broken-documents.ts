/** Invalid JSON documents, or valid ones of another shape. */
export const brokenDocuments: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['null', 'null'],
  ['a number', '1'],
  ['a list', '[]'],
  ['an empty object', '{}'],
  ['HTML', '<html></html>'],
  ['cut', '{"schemaVersion":2,"manif'],
  ['100,000 brackets', '['.repeat(100_000)],
  ['100,000 objects deep', '{"a":'.repeat(100_000)],
  ['a prototype', '{"__proto__":{"manifests":[]}}'],
  ['9 MiB', `{"a":"${'x'.repeat(9 << 20)}"}`],
];
