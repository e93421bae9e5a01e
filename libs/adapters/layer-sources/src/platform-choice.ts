import { ClarionError, formatPlatform, type Platform } from '@clarion/model';
import { isAttestation, type ContentDescriptor } from './manifest';

export const defaultPlatform: Platform = { os: 'linux', architecture: 'amd64' };

const architectureNames = new Map([
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
  ['aarch64', 'arm64'],
  ['armhf', 'arm'],
  ['i386', '386'],
]);

/** The default variants: `arm64` is `arm64/v8`, `arm` is `arm/v7` (as in container runtimes). */
const plainVariants = new Map([
  ['arm64', 'v8'],
  ['arm', 'v7'],
  ['amd64', 'v1'],
]);

/** As containerd compares platforms: without regard to case, by one name of each architecture, variants with their `v`. */
function normalised(platform: Platform): Platform {
  const given = platform.architecture.toLowerCase();
  const architecture = architectureNames.get(given) ?? given;
  const variant = platform.variant?.toLowerCase().replace(/^(?=\d)/, 'v') ?? plainVariants.get(architecture);
  return { os: platform.os.toLowerCase(), architecture, ...(variant === undefined ? {} : { variant }) };
}

/** 2 = exact match, 1 = another variant where none was requested, 0 = no match. */
function fit(offered: Platform, requested: Platform): number {
  const [one, other] = [normalised(offered), normalised(requested)];
  if (one.os !== other.os || one.architecture !== other.architecture) return 0;
  if (one.variant === other.variant) return 2;
  return requested.variant === undefined ? 1 : 0;
}

/** Whether an image of platform `offered` can be used for platform `wanted`. */
export function fitsPlatform(offered: Platform, requested: Platform): boolean {
  return fit(offered, requested) > 0;
}

interface Choice {
  readonly label: string;
  /** Undefined if the user named none: then a single image is taken whatever its platform. */
  readonly requested: Platform | undefined;
}

/** What an index offers for a platform. */
export interface PlatformChoice {
  readonly chosen: ContentDescriptor;
  /** Other manifests for the very platform of the chosen one, such as a copy in another compression. */
  readonly twins: readonly ContentDescriptor[];
}

/**
 * Picks the entry of an index for a platform, the first one if there are several. Throws `not-found` with a list of
 * available platforms.
 */
export function choosePlatform(entries: readonly ContentDescriptor[], { label, requested }: Choice): PlatformChoice {
  const images = entries.filter((entry) => !isAttestation(entry));
  const [only] = images;
  if (only === undefined) throw new ClarionError('not-found', `The index of ${label} has no image`);
  if (images.length === 1 && (requested === undefined || only.platform === undefined)) {
    return { chosen: only, twins: [] };
  }
  const target = requested ?? defaultPlatform;
  const scored = images.map((entry) => ({
    entry,
    score: entry.platform === undefined ? 0 : fit(entry.platform, target),
  }));
  const best = scored.find(({ score }) => score === 2) ?? scored.find(({ score }) => score === 1);
  if (best !== undefined) {
    const chosen = best.entry;
    return { chosen, twins: images.filter((entry) => entry.digest !== chosen.digest && samePlatform(entry, chosen)) };
  }
  throw platformMissing(
    label,
    target,
    images.flatMap((entry) => entry.platform ?? []),
  );
}

/** Whether two entries of an index have the same platform. Windows builds also differ by OS version. */
export function samePlatform(a: ContentDescriptor, b: ContentDescriptor): boolean {
  if (a.platform === undefined || b.platform === undefined) return false;
  const [one, other] = [normalised(a.platform), normalised(b.platform)];
  if (one.os !== other.os || one.architecture !== other.architecture || one.variant !== other.variant) return false;
  return one.os !== 'windows' || a.osVersion === b.osVersion;
}

/** The error for a missing platform. */
export function platformMissing(label: string, requested: Platform, offered: readonly Platform[]): ClarionError {
  const names = [...new Set(offered.map(formatPlatform))].sort();
  const list = names.slice(0, 30).join(', ');
  return new ClarionError('not-found', `${label} has no image for ${formatPlatform(requested)}`, {
    remedy: names.length === 0 ? 'its index has no platforms' : `choose with --platform one of: ${list}`,
  });
}
