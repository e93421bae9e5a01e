declare const CLARION_VERSION: string | undefined;
declare const CLARION_BUILD: string | undefined;

/** The version of this build; set by the bundler. */
export const clarionVersion = typeof CLARION_VERSION === 'string' ? CLARION_VERSION : '0.0.0-source';

/**
 * Names this very build, with all that it is made of: what one build stores may not fit another one, also of the same
 * version. Undefined for one that runs from its sources; set by the bundler.
 */
export const buildId = typeof CLARION_BUILD === 'string' ? CLARION_BUILD : undefined;

/** The user agent of requests from Clarion. */
export const userAgent = `clarion/${clarionVersion}`;
