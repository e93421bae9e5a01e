/** One to four numbers, leading zeros allowed, SemVer labels and metadata. */
const shape = /^\d+(?:\.\d+){0,3}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const largestNumber = 0x7fffffff;

/** What `NuGetVersion.TryParse` accepts. */
export function isNugetVersion(version: string): boolean {
  const trimmed = version.trim();
  if (!shape.test(trimmed)) return false;
  const numbers = (/^[\d.]+/.exec(trimmed)?.[0] ?? '').split('.');
  return numbers.every((number) => Number(number) <= largestNumber);
}
