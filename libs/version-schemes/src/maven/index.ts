import { orderByKey } from '../sort-key';
import { isMavenVersion, mavenKey } from './parse';

/** Maven: the order of `ComparableVersion`. */
export const maven = orderByKey({
  id: 'maven',
  title: 'Maven artefact versions',
  url: 'https://maven.apache.org/pom.html#version-order-specification',
  isValid: isMavenVersion,
  key: mavenKey,
});
