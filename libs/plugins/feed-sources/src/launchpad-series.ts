import { distributionOf } from '@clarion/distributions';
import type { AdvisoryScope } from '@clarion/model';

/** Clarion's names for one Ubuntu archive: a release, and the support channel that its packages come from. */
export interface UbuntuArchive {
  readonly namespace: string;
  /** The Ubuntu Pro service that the packages come from; undefined for the release itself. */
  readonly channel?: string;
}

const numbers = new Map(Object.entries(distributionOf('ubuntu')?.codenames ?? {}));

/** Channels by the name in the tracker. Their values are the service names in the evidence from images. */
const channels: ReadonlyMap<string, string> = new Map([
  ['esm', 'esm-infra'],
  ['esm-infra', 'esm-infra'],
  ['esm-infra-legacy', 'esm-infra-legacy'],
  ['esm-apps', 'esm-apps'],
  ['esm-apps-legacy', 'esm-apps-legacy'],
  ['fips', 'fips'],
  ['fips-updates', 'fips-updates'],
  ['fips-preview', 'fips-preview'],
  ['realtime', 'realtime-kernel'],
  ['bluefield', 'bluefield'],
  ['nvidia-bluefield', 'bluefield'],
  ['ros-esm', 'ros'],
]);

/**
 * ROS releases: `ros-esm/` names them instead of the Ubuntu release that contains them. `kinetic` is a release of both.
 */
const robots: ReadonlyMap<string, string> = new Map([
  ['kinetic', '16.04'],
  ['melodic', '18.04'],
  ['foxy', '20.04'],
  ['noetic', '20.04'],
  ['humble', '22.04'],
  ['jazzy', '24.04'],
]);

/** Words in the tracker that are in the place of a release but do not name one. */
const noReleases: ReadonlySet<string> = new Set(['upstream', 'devel', 'product', 'snap', 'snappy', 'sid', 'debian']);
const codename = /^[a-z]{3,20}$/;

/**
 * The archive for a label of the CVE tracker: `jammy`, `esm-infra/xenial`, `trusty/esm`, `fips-updates/focal`. An
 * unknown codename is kept as the release, so that nothing is lost. Undefined if the label is not an archive of an
 * Ubuntu release (`upstream`, `devel`, `vivid/stable-phone-overlay`).
 */
export function ubuntuArchive(label: string): UbuntuArchive | undefined {
  const slash = label.indexOf('/');
  if (slash < 0) return release(label);
  const [first, second] = [label.slice(0, slash), label.slice(slash + 1)];
  if (first === 'ubuntu') return release(second);
  // The oldest form starts with the codename.
  const [service, name] = second === 'esm' ? [second, first] : [first, second];
  const channel = channels.get(service);
  if (channel === undefined) return undefined;
  const number = service === 'ros-esm' ? robots.get(name) : undefined;
  const found = number === undefined ? release(name) : { namespace: `ubuntu:${number}` };
  return found === undefined ? undefined : { ...found, channel };
}

function release(name: string): UbuntuArchive | undefined {
  if (!codename.test(name) || noReleases.has(name)) return undefined;
  return { namespace: `ubuntu:${numbers.get(name) ?? name}` };
}

/** Data of an entry that identifies the Ubuntu Pro service of its ecosystem. */
export interface EcosystemHints {
  /** Qualifier `distro` of the package URL: `esm-apps/jammy`. */
  readonly distro?: string;
  /** `ecosystem_specific.availability`: `Available with Ubuntu Pro (Infra-only): https://ubuntu.com/pro`. */
  readonly availability?: string;
}

const releaseNumber = /^\d{1,2}\.\d{2}$/;
/** Parts of the ecosystem strings that do not name a channel. */
const fillers: ReadonlySet<string> = new Set(['ubuntu', 'pro', 'lts', 'for', 'nvidia', 'kernel']);

/**
 * The archive for an OSV ecosystem: `Ubuntu:24.10`, `Ubuntu:Pro:18.04:LTS`, `Ubuntu:Pro:FIPS-updates:20.04:LTS`,
 * `Ubuntu:Pro:22.04:LTS:Realtime:Kernel`, `Ubuntu:22.04:LTS:for:NVIDIA:BlueField`. Undefined if it is not an Ubuntu
 * ecosystem. (https://documentation.ubuntu.com/security/security-updates/osv/)
 */
export function ubuntuEcosystem(ecosystem: string, hints: EcosystemHints = {}): UbuntuArchive | undefined {
  const parts = ecosystem.split(':', 12);
  const number = parts.find((part) => releaseNumber.test(part));
  if (parts[0] !== 'Ubuntu' || number === undefined) return undefined;
  const namespace = `ubuntu:${number}`;
  const words = parts.filter((part) => part !== number).map((part) => part.toLowerCase());
  const word = words.find((part) => !fillers.has(part));
  if (word !== undefined) return { namespace, channel: channels.get(word) ?? word.slice(0, 40) };
  return words.includes('pro') ? { namespace, channel: proChannel(hints) } : { namespace };
}

/** The availability uses the wording of the tracker's table of archives. */
function proChannel({ distro, availability = '' }: EcosystemHints): string {
  const channel = distro === undefined ? undefined : ubuntuArchive(distro)?.channel;
  if (channel !== undefined) return channel;
  if (/legacy/i.test(availability)) return 'esm-infra-legacy';
  return /infra/i.test(availability) ? 'esm-infra' : 'esm-apps';
}

/**
 * Whether a channel maintains the packages of the release itself, so that its fixes are for vulnerabilities of those
 * packages too. The others (FIPS, real-time, BlueField) build separate packages.
 */
export function continuesRelease(channel: string): boolean {
  return channel.startsWith('esm-');
}

export function scopeOf({ channel }: UbuntuArchive): { readonly scope?: AdvisoryScope } {
  return channel === undefined ? {} : { scope: { channel } };
}
