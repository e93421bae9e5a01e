import { orderBy } from '../sort-key';
import { compareMavenKeys, isMavenVersion, mavenContinuations, mavenKey } from './parse';

/**
 * Maven: the order of `ComparableVersion` up to 3.8, made total where that is cyclic. In 3.9 `.M1` is read as `-M1`, so
 * that `9.0.0.M1` equals `9.0.0-M1`; that contradicts cases of OSV, which this order passes (`2.9.0-1 < 2.9.0.RC1`).
 */
export const maven = orderBy(
  {
    id: 'maven',
    title: 'Maven artefact versions',
    url: 'https://maven.apache.org/pom.html#version-order-specification',
    isValid: isMavenVersion,
    key: mavenKey,
    continuations: mavenContinuations,
  },
  compareMavenKeys,
);
