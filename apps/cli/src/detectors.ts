import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { type Detector, enabledDetectors, type Log } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import type { ServiceChoice } from './detector-services';
import type { OpenedDetectors } from './opened-detectors';

/** All detectors of this build. */
const ownDetectors: readonly Detector[] = [...namespaceDetectors, ...featureDetectors];

/** Which detectors read an image. */
export interface DetectorChoice extends ServiceChoice {
  /** Ids of detectors of this build that are off by default, comma-separated (`--enable-detectors`). */
  readonly enableDetectors?: string;
  /** Ids of detectors of this build not to use, comma-separated (`--disable-detectors`). */
  readonly disableDetectors?: string;
  /** Whether lock files and manifests are read (`--lock-files`); no unless stated. */
  readonly lockFiles?: boolean;
}

/**
 * The detectors of this build that are on, and those of the services. Throws `invalid-input` for an unknown id or an
 * invalid address.
 */
export async function openDetectors(choice: DetectorChoice, log?: Log): Promise<OpenedDetectors> {
  const local = localDetectorClient(chosenDetectors(choice));
  if ((choice.detectors ?? '').trim() === '') return { client: local, close: () => undefined };
  // Loaded only with such services, so that other runs do not load gRPC at every start.
  const { joinServices } = await import('./detector-services');
  return joinServices(local, choice, log);
}

/** The detectors of this build that are off. Throws `invalid-input` for an unknown id. */
export function disabledDetectors(choice: DetectorChoice): readonly Detector[] {
  const chosen = chosenDetectors(choice);
  return ownDetectors.filter((detector) => !chosen.includes(detector));
}

function chosenDetectors({ enableDetectors, disableDetectors, lockFiles }: DetectorChoice): readonly Detector[] {
  return enabledDetectors(ownDetectors, {
    enable: idsIn(enableDetectors),
    disable: idsIn(disableDetectors),
    ...(lockFiles === undefined ? {} : { lockFiles }),
  });
}

function idsIn(list = ''): readonly string[] {
  return list
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}
