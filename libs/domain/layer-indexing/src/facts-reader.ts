import type { Feature } from '@clarion/model';
import { type DetectionFacts, firstFeature } from './layer-facts';
import { lowerBound } from './untouched-files';

/** Reads the facts of one detector about files in the order of their paths, without looking each of them up. */
export class FactsReader {
  readonly detection: DetectionFacts;
  /** Whether the file has other facts than packages, or problems. */
  hasOthers = false;
  private readonly isSimple: boolean;
  private file: number;
  private feature: number;

  /** `first` is the path of the first file. */
  constructor(detection: DetectionFacts, first: string) {
    const { files, features, namespaces, evidence, problems } = detection;
    this.detection = detection;
    this.isSimple = namespaces.size + evidence.size + problems.size === 0;
    this.file = lowerBound(files, first, [0, files.length]);
    this.feature = firstFeature(features, first);
  }

  /** Moves on to a file. Returns whether it is among the files that the detector was given under their own paths. */
  moveTo(path: string): boolean {
    const { files, namespaces, evidence, problems } = this.detection;
    // Nearly always it is the next one.
    while (files[this.file] !== path) {
      if (this.file >= files.length || (files[this.file] ?? '') > path) return false;
      this.file += 1;
    }
    this.hasOthers = !this.isSimple && (namespaces.has(path) || evidence.has(path) || problems.has(path));
    return true;
  }

  /** The next package of the file, until there is no more. */
  next(path: string): Feature | undefined {
    const { features } = this.detection;
    for (let one = features[this.feature]; one !== undefined; one = features[this.feature]) {
      if (one.path === path) {
        this.feature += 1;
        return one;
      }
      if (one.path > path) return undefined;
      this.feature += 1;
    }
    return undefined;
  }
}
