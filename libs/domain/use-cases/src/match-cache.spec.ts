import { archiveOf, debianImage, openssl, reportText, startInstallation, stateDebian } from '../testing/installation';
import { createUseCases } from './create-use-cases';

describe('images with the same packages', () => {
  it('are matched once, also for concurrent callers and other formats, until a feed changes', async () => {
    const here = await startInstallation();
    let matched = 0;
    const advisories: typeof here.store.advisories = (names) => {
      matched += 1;
      return here.store.advisories(names);
    };
    const store = Object.assign(Object.create(here.store) as typeof here.store, { advisories });
    const { images } = createUseCases({ ...here.dependencies, store });
    await stateDebian(here.store, { openssl: [openssl('3.0.13-1')] });
    const digests = [];
    for (let mark = 0; mark < 5; mark += 1) {
      const image = debianImage(['openssl=3.0.11-1'], String(mark));
      digests.push((await images.upload(archiveOf(image), { reference: `app:${mark}` })).digest);
    }
    matched = 0;
    const reports = await Promise.all(
      digests.flatMap((digest) => [images.report(digest), images.report(digest, { format: 'table' })]),
    );
    const texts = await Promise.all(reports.map(reportText));
    expect(texts.filter((text) => text.includes('CVE-2023-5678')).length).toBe(10);
    expect(new Set(texts).size).toBe(10);
    expect(matched).toBe(1);
    await stateDebian(here.store, { openssl: [openssl('3.0.11-1')] });
    expect(JSON.parse(await reportText(await images.report(digests[0] ?? 'sha256:')))).toMatchObject({ findings: [] });
    expect(matched).toBe(2);
    await here.close();
  });
});
