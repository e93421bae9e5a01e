import { type Deb822Stanza, possibleReadings } from '@clarion/file-formats';

/** The words of `Status: <want> <flag> <state>`, in any case; dpkg rejects a database with any other. */
const legalWords: readonly ReadonlySet<string>[] = [
  new Set(['unknown', 'install', 'hold', 'deinstall', 'purge']),
  new Set(['ok', 'reinstreq']),
  new Set([
    ...['not-installed', 'config-files', 'half-installed', 'unpacked'],
    ...['half-configured', 'triggers-awaited', 'triggers-pending', 'installed'],
  ]),
];

/** States in which no file of the package is on disk. */
const gone: ReadonlySet<string> = new Set(['not-installed', 'config-files']);

/** The state of a package according to its stanza. */
interface PackageState {
  /** Whether files of the package are, or may be, on disk. */
  readonly onDisk: boolean;
  /** A status that dpkg rejects. */
  readonly illegal?: string;
}

/**
 * The state of a stanza's package. If the status is invalid or appears twice, the package counts as on disk when any
 * reading of it does. `unsaid` is the result for a stanza without a status.
 *
 * @see https://manpages.debian.org/dpkg.1#PACKAGE_STATES
 */
export function packageState(stanza: Deb822Stanza, unsaid: boolean): PackageState {
  const statuses = possibleReadings(stanza, ['status']).map((fields) => fields.get('status'));
  const readings = statuses.map((status) => (status === undefined ? { onDisk: unsaid } : readStatus(status)));
  const illegal = readings.find((reading) => reading.illegal !== undefined)?.illegal;
  return { onDisk: readings.some(({ onDisk }) => onDisk), ...(illegal !== undefined && { illegal }) };
}

function readStatus(status: string): PackageState {
  const words = status.toLowerCase().split(/\s+/, legalWords.length + 1);
  const states = words.slice(2);
  const onDisk = states.length === 0 || states.some((word) => !gone.has(word));
  const isLegal = words.length === legalWords.length && legalWords.every((legal, at) => legal.has(words[at] ?? ''));
  return isLegal ? { onDisk } : { onDisk, illegal: status };
}
