import { directoryUpstream } from '@clarion/feed-upstreams';
import { describeFeedSources } from '@clarion/test-kit';
import { feedSources } from '.';

describeFeedSources({
  folder: __dirname,
  sources: feedSources,
  upstream: (folder) => directoryUpstream(folder),
  linedSources: ['alpine-secdb/rejections/', 'epss'],
});
