import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { indexImage } from '@clarion/layer-indexing';
import { openImage } from '@clarion/layer-sources';
import { ClarionError, type Detector, type EffectiveImage, type Platform, type Store } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import type { Progress } from './progress';
import type { CommonSettings } from './settings';

/** Options that say which image to read. */
export interface ImageSettings extends CommonSettings {
  readonly platform?: string;
  readonly image?: string;
  readonly insecureRegistry?: boolean;
  readonly output?: string;
}

/** All detectors of this build. */
export const detectors: readonly Detector[] = [...namespaceDetectors, ...featureDetectors];

/** Parses `linux/arm64/v8`. Throws `invalid-input`. */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant, ...rest] = text.split('/');
  if (!os || !architecture || variant === '' || rest.length > 0) {
    throw new ClarionError('invalid-input', `"${text}" is not a platform`, {
      remedy: 'write for example linux/arm64 or linux/arm/v7',
    });
  }
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

/** Reads an image, skipping every layer that is known; what it holds is remembered in `store`. */
export async function readImage(
  reference: string,
  settings: ImageSettings,
  deps: { store: Store; progress: Progress; signal: AbortSignal },
): Promise<EffectiveImage> {
  const { store, progress, signal } = deps;
  const opened = await openImage(reference, {
    signal,
    ...(settings.platform === undefined ? {} : { platform: parsePlatform(settings.platform) }),
    ...(settings.image === undefined ? {} : { imageName: settings.image }),
    ...(settings.insecureRegistry === undefined ? {} : { insecure: settings.insecureRegistry }),
  });
  try {
    const phase = progress.phase('reading layers', 'bytes');
    let result: EffectiveImage | undefined;
    for await (const event of indexImage(opened, { store, detectors: localDetectorClient(detectors), signal })) {
      if (event.kind === 'image.indexed') result = event.image;
    }
    if (result === undefined) throw new ClarionError('invalid-input', `The image ${reference} has no layers`);
    phase.end('done');
    return result;
  } finally {
    await opened.close();
  }
}
