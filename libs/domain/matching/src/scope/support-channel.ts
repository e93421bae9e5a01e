import { distributionOf } from '@clarion/distributions';
import type { AdvisoryScope, PlacedFeature } from '@clarion/model';
import { type Applicability, applies, type ScopeSubject } from './applicability';
import { isFipsChannel } from './build-flavour';
import type { ImageScope } from './image-scope';

const ofChannel: Applicability = { kind: 'applies', channel: true };
const otherChannel: Applicability = { kind: 'other', reason: 'about another FIPS channel' };

/** Support channels have their own fixes: they count with evidence that the image uses the channel, or when forced. */
export function checkChannel(
  { channel, cpes = [] }: AdvisoryScope,
  { feature, image, products }: ScopeSubject,
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
  const paid = distributionOf(feature.namespace)?.supportChannels?.find((one) => one.channel.test(channel));
  if (paid?.version.test(feature.version) === true) return ofChannel;
  if (image.supportChannels === 'always' || (image.supportChannels === 'auto' && isEnabled(channel, image))) {
    return ofChannel;
  }
  const note = `only in channel ${channel}, not enabled here`;
  return { kind: 'information', note, ...(paid === undefined ? {} : { offeredBy: paid.offeredBy }) };
}

/** Whether a version was built for a support channel of the distribution. */
export function isOfSupportChannel({ namespace, version }: PlacedFeature): boolean {
  return distributionOf(namespace)?.supportChannels?.some((channel) => channel.version.test(version)) === true;
}

function isEnabled(channel: string, { services, products }: ImageScope): boolean {
  return services.has(channel) || [...products].some((name) => name.split(/[-_]/).includes(channel));
}
