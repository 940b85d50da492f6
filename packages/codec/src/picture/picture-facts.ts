import { type Attachment, attachmentKinds, type PictureHeader } from "@nacre/bitstream";
import type { PictureFacts } from "@nacre/signal";

/** What a file keeps of a picture beside its samples. */
export function attachmentsOf({ iccProfile, exif, xmp, density }: PictureFacts): Attachment[] {
  const found: Attachment[] = [];
  const add = (kind: number, bytes: Uint8Array | undefined) => bytes && found.push({ kind, bytes });
  add(attachmentKinds.icc, iccProfile);
  add(attachmentKinds.exif, exif);
  add(attachmentKinds.xmp, xmp);
  add(attachmentKinds.density, density === undefined ? undefined : float64Bytes(density));
  return found;
}

/** The picture that a header speaks of; attachments of unknown kinds are passed over. */
export function factsOf({ width, height, colour, bitDepth, attachments }: PictureHeader): PictureFacts {
  const bytesOf = (kind: number) => attachments.find((each) => each.kind === kind)?.bytes;
  const iccProfile = bytesOf(attachmentKinds.icc);
  const exif = bytesOf(attachmentKinds.exif);
  const xmp = bytesOf(attachmentKinds.xmp);
  const density = densityOf(bytesOf(attachmentKinds.density));
  return {
    ...{ width, height, colour, bitDepth },
    ...(iccProfile && { iccProfile }),
    ...(exif && { exif }),
    ...(xmp && { xmp }),
    ...(density !== undefined && { density }),
  };
}

function float64Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return bytes;
}

function densityOf(bytes: Uint8Array | undefined): number | undefined {
  if (bytes?.length !== 8) return undefined;
  const value = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
