import type { Feature } from '@clarion/model';
import { programs } from './rows/programs';
import { runtimeOf } from './runtimes';

/** A pre-release that CPE has in a component of its own. */
const preRelease = /^(\d+(?:\.\d+)*)[-.]?((?:a|b|rc|alpha|beta|pre|preview|dev|m)\d*)$/i;
/** Java 8 and older: `1.8.0_392` is update 392 of 1.8.0. */
const javaUpdate = /^(1\.\d\.0)_(\d+)$/;

/** What CPE can write; user-defined detectors may return anything. */
const writable = /^[\x21-\x7e]{1,200}$/;

/** The CPE 2.3 of a runtime (NISTIR 7695, formatted string); undefined for other packages. */
export function cpeOf({ type, name, version }: Pick<Feature, 'type' | 'name' | 'version'>): string | undefined {
  const [product] = (type === programs.type ? runtimeOf(name)?.products : undefined) ?? [];
  if (product === undefined || !writable.test(version)) return undefined;
  const java = javaUpdate.exec(version);
  const [number = version, update = '*'] = java
    ? [java[1], `update${java[2] ?? ''}`]
    : (preRelease.exec(version)?.slice(1) ?? []);
  return `cpe:2.3:a:${product}:${component(number)}:${component(update.toLowerCase())}:*:*:*:*:*:*`;
}

/** Everything but letters, digits, `_`, `.` and `-` is escaped; an asterisk alone is any value. */
function component(text: string): string {
  return text === '*' ? text : text.replace(/[^\w.-]/g, (character) => `\\${character}`);
}
