declare const CLARION_VERSION: string | undefined;

/** The version of this build; set by the bundler. */
export const clarionVersion = typeof CLARION_VERSION === 'string' ? CLARION_VERSION : '0.0.0-source';

/** The user agent of requests from Clarion. */
export const userAgent = `clarion/${clarionVersion}`;
