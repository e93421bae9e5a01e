import path from 'node:path';
import type { Upstream } from '@clarion/model';
import { directoryUpstream } from './directory-upstream';
import { httpUpstream, type HttpOptions } from './http-upstream';

export interface MirrorOptions extends Omit<HttpOptions, 'baseUrl'> {
  /** A directory or an http(s) URL that holds one folder a feed id, laid out like the upstreams. */
  readonly from: string;
  readonly feed: string;
}

/** The documents of one feed of a mirror: `<from>/<feed>/…`. Nothing is read yet. */
export function mirrorUpstream(options: MirrorOptions): Upstream {
  const { from, feed, ...http } = options;
  if (!/^https?:\/\//i.test(from)) {
    return directoryUpstream(path.join(from, feed), http.limits === undefined ? {} : { limits: http.limits });
  }
  const base = from.endsWith('/') ? from : `${from}/`;
  return httpUpstream({ ...http, baseUrl: `${base}${encodeURIComponent(feed)}/` });
}
