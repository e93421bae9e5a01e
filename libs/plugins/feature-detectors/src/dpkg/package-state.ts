import { type Deb822Stanza, possibleReadings } from '@clarion/file-formats';

/** The words of `Status: <want> <flag> <state>`, whatever their case; dpkg refuses a database with any other. */
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

/** What a stanza says of the state of its package. */
interface PackageState {
  /** Files of the package are on disk, or may be. */
  readonly onDisk: boolean;
  /** A status that dpkg refuses. */
  readonly illegal?: string;
}

/**
 * The state of a stanza's package. Where its status is none or comes twice, one reading of it that has the package on disk
 * is enough. `unsaid` is what a stanza without status means.
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
