import { distributionOf } from '@clarion/distributions';
import type { AdvisoryScope } from '@clarion/model';

/** What one archive of Ubuntu's is called by Clarion: a release, and the support channel that its packages come from. */
export interface UbuntuArchive {
  readonly namespace: string;
  /** Service of Ubuntu Pro that the packages are from; none: the release itself. */
  readonly channel?: string;
}

const numbers = new Map(Object.entries(distributionOf('ubuntu')?.codenames ?? {}));

/** Channels by the tracker's word for them, as the image's own evidence calls the service. */
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

/** Releases of ROS, which `ros-esm/` names instead of the Ubuntu that carries them. `kinetic` is one of each. */
const robots: ReadonlyMap<string, string> = new Map([
  ['kinetic', '16.04'],
  ['melodic', '18.04'],
  ['foxy', '20.04'],
  ['noetic', '20.04'],
  ['humble', '22.04'],
  ['jazzy', '24.04'],
]);

/** Words of the tracker that stand where a release does and are none. */
const noReleases: ReadonlySet<string> = new Set(['upstream', 'devel', 'product', 'snap', 'snappy', 'sid', 'debian']);
const codename = /^[a-z]{3,20}$/;

/**
 * The archive that a label of the CVE tracker names: `jammy`, `esm-infra/xenial`, `trusty/esm`, `fips-updates/focal`.
 * A codename that is not known yet keeps its name, so that nothing is lost. Undefined: no archive of a release of
 * Ubuntu's (`upstream`, `devel`, `vivid/stable-phone-overlay`).
 */
export function ubuntuArchive(label: string): UbuntuArchive | undefined {
  const slash = label.indexOf('/');
  if (slash < 0) return release(label);
  const [first, second] = [label.slice(0, slash), label.slice(slash + 1)];
  if (first === 'ubuntu') return release(second);
  // The oldest form has the codename first.
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

/** What stands beside an ecosystem and tells which service of Ubuntu Pro it means. */
export interface EcosystemHints {
  /** Qualifier `distro` of the package URL: `esm-apps/jammy`. */
  readonly distro?: string;
  /** `ecosystem_specific.availability`: `Available with Ubuntu Pro (Infra-only): https://ubuntu.com/pro`. */
  readonly availability?: string;
}

const releaseNumber = /^\d{1,2}\.\d{2}$/;
/** Parts of the ecosystem strings that name no channel. */
const fillers: ReadonlySet<string> = new Set(['ubuntu', 'pro', 'lts', 'for', 'nvidia', 'kernel']);

/**
 * The archive that an OSV ecosystem names: `Ubuntu:24.10`, `Ubuntu:Pro:18.04:LTS`, `Ubuntu:Pro:FIPS-updates:20.04:LTS`,
 * `Ubuntu:Pro:22.04:LTS:Realtime:Kernel`, `Ubuntu:22.04:LTS:for:NVIDIA:BlueField`. Undefined: none of Ubuntu's.
 * (https://documentation.ubuntu.com/security/security-updates/osv/)
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

/** The wording of the availability is that of the tracker's own table of archives. */
function proChannel({ distro, availability = '' }: EcosystemHints): string {
  const channel = distro === undefined ? undefined : ubuntuArchive(distro)?.channel;
  if (channel !== undefined) return channel;
  if (/legacy/i.test(availability)) return 'esm-infra-legacy';
  return /infra/i.test(availability) ? 'esm-infra' : 'esm-apps';
}

/**
 * Whether a channel maintains the packages of the release itself, so that what it fixes is a flaw of theirs too. The
 * others (FIPS, real-time, BlueField) build packages of their own.
 */
export function continuesRelease(channel: string): boolean {
  return channel.startsWith('esm-');
}

export function scopeOf({ channel }: UbuntuArchive): { readonly scope?: AdvisoryScope } {
  return channel === undefined ? {} : { scope: { channel } };
}
