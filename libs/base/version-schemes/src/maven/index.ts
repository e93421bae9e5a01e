import { orderBy } from '../sort-key';
import { compareMavenKeys, isMavenVersion, mavenContinuations, mavenKey } from './parse';

/** Maven: the order of `ComparableVersion`. */
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
