/** Codename to release number (https://www.debian.org/releases/); testing already has the number it will carry. */
const numbers: ReadonlyMap<string, string> = new Map([
  ['sarge', '3.1'],
  ['etch', '4'],
  ['lenny', '5'],
  ['squeeze', '6'],
  ['wheezy', '7'],
  ['jessie', '8'],
  ['stretch', '9'],
  ['buster', '10'],
  ['bullseye', '11'],
  ['bookworm', '12'],
  ['trixie', '13'],
  ['forky', '14'],
  ['duke', '15'],
  ['sid', 'unstable'],
]);

/** Namespace of a suite. A codename that is not known yet keeps its name, so that nothing is lost. */
export function namespaceOf(suite: string): string {
  return `debian:${numbers.get(suite) ?? suite}`;
}
