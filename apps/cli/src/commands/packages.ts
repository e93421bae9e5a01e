import { unreadReason } from '@clarion/policy';
import { inventoryOf } from '@clarion/reporting';
import { isGap, type EffectiveImage } from '@clarion/model';
import { clarionVersion } from '@clarion/release';
import { exitCodes } from '../failure';
import type { ImageSettings } from '../image-facts';
import { inventoryFormat } from '../formats';
import { keepImage, scannedImage } from '../scanned-image';
import { renderStyle, writeResult } from '../output';
import { type CommandContext, withCommandContext } from '../command-context';
import { acceptedEcosystems } from '../accepted-ecosystems';

export interface PackagesSettings extends ImageSettings {
  readonly format: string;
  /** Names, separated by commas. */
  readonly allowUnread?: string;
}

/** Writes the inventory of an image in the requested format; exit code 3 when it is incomplete. */
async function writeInventory(image: EffectiveImage, settings: PackagesSettings, facts: CommandContext): Promise<void> {
  const accepted = acceptedEcosystems(settings);
  const render = inventoryFormat(settings.format);
  const inventory = inventoryOf(image, { clarionVersion });
  await writeResult(await render(inventory, renderStyle(settings.output, true)), settings.output);
  const unread = unreadReason((inventory.ecosystems ?? []).filter(({ id }) => !accepted.includes(id)));
  if (unread !== false) facts.progress.warn(`the inventory is incomplete: ${unread}`);
  if (unread !== false || image.problems.some(isGap) || inventory.packages.length === 0) {
    process.exitCode = exitCodes.incomplete;
  }
}

/** Reads an image, and writes its packages. */
export async function listPackages(
  reference: string,
  settings: PackagesSettings,
  facts: CommandContext,
): Promise<void> {
  const scanned = await scannedImage(reference, settings, facts);
  const image = await scanned.image();
  facts.progress.close();
  await writeInventory(image, settings, facts);
  await keepImage(scanned, facts);
}

/** `clarion packages IMAGE` */
export async function packages(reference: string, settings: PackagesSettings): Promise<void> {
  inventoryFormat(settings.format);
  acceptedEcosystems(settings);
  await withCommandContext(settings, async (facts) => {
    await listPackages(reference, settings, facts);
  });
}
