/** An epoch of PEP 440, and the first number of a version. */
const first = /^[vV]?(?:0*(\d+)!)?0*(\d+)/;

/**
 * The major line of a version: `4` for `4.17.1` and `v4.0.0-rc.1`, `1!2` for `1!2.0`. Undefined for a version that does
 * not begin with a number.
 */
export function majorLine(version: string): string | undefined {
  const [, epoch, major] = first.exec(version) ?? [];
  return major === undefined || epoch === undefined || epoch === '0' ? major : `${epoch}!${major}`;
}
