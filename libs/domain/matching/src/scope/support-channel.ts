import type { AdvisoryScope } from '@clarion/model';
import { type Applicability, applies, type Subject } from './applicability';
import type { ImageScope } from './image-scope';
import { hasEsmVersion, isEsmChannel, isFipsChannel } from './ubuntu/ubuntu-builds';

const ofChannel: Applicability = { kind: 'applies', channel: true };
const otherChannel: Applicability = { kind: 'other', reason: 'about another FIPS channel' };

/** Support channels have their own fixes: they count with evidence that the image uses the channel, or when forced. */
export function checkChannel(
  { channel, cpes = [] }: AdvisoryScope,
  { feature, image, products }: Subject,
): Applicability {
  if (channel === undefined) return applies;
  // The products have shown already that the package is of the channel.
  if (cpes.length > 0) {
    return products?.note === undefined ? ofChannel : { kind: 'applies', channel: true, note: products.note };
  }
  if (isFipsChannel(channel)) {
    const enabled = [...image.services].filter(isFipsChannel);
    return enabled.length === 0 || enabled.includes(channel) ? ofChannel : otherChannel;
  }
  const isEsm = isEsmChannel(channel);
  if (isEsm && hasEsmVersion(feature.version)) return ofChannel;
  if (image.supportChannels === 'always' || (image.supportChannels === 'auto' && isEnabled(channel, image))) {
    return ofChannel;
  }
  const note = `only in channel ${channel}, not enabled here`;
  return { kind: 'information', note, ...(isEsm ? { offeredBy: 'ubuntu-pro' } : {}) };
}

function isEnabled(channel: string, { services, products }: ImageScope): boolean {
  return services.has(channel) || [...products].some((name) => name.split(/[-_]/).includes(channel));
}
