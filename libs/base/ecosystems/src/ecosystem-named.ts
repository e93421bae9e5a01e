import type { Ecosystem } from './ecosystem';
import { ecosystems } from './rows';

/** The ecosystem that a user means by one of its names, in any case: `rubygems`, `golang`, `crates.io`, `deb`. */
export function ecosystemNamed(name: string): Ecosystem | undefined {
  const wanted = name.toLowerCase();
  return ecosystems.find(({ type, namespace, purlType, osv, otherNames = [] }) =>
    [type, namespace, purlType, osv?.name.toLowerCase(), ...otherNames].includes(wanted),
  );
}
