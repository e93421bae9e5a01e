import path from 'node:path';
import type { Upstream } from '@clarion/model';
import { copyOfUpstream } from './copy-of-upstream';
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
    const limits = http.limits === undefined ? {} : { limits: http.limits };
    const copy = directoryUpstream(path.join(from, feed), limits);
    return copyOfUpstream(copy, [copy, directoryUpstream(from, limits)]);
  }
  const base = from.endsWith('/') ? from : `${from}/`;
  const copy = httpUpstream({ ...http, baseUrl: `${base}${encodeURIComponent(feed)}/` });
  return copyOfUpstream(copy, [copy, httpUpstream({ ...http, baseUrl: base })]);
}
