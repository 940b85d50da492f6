import { placeOfTag, tiffTag } from "./tiff-tags.js";

const mark = Buffer.from("Exif\0\0", "latin1");

/** EXIF without the mark that JPEG puts before it: a TIFF structure. */
export function bareExif(bytes: Uint8Array): Uint8Array {
  // A Buffer's own slice would be a view.
  return new Uint8Array(mark.equals(bytes.subarray(0, mark.length)) ? bytes.subarray(mark.length) : bytes);
}

/** EXIF of a picture that has been set upright: orientation 1, every other byte as it was. */
export function uprightExif(exif: Uint8Array): Uint8Array {
  const upright = new Uint8Array(exif);
  const place = placeOfTag(upright, tiffTag.orientation);
  if (place) new DataView(upright.buffer).setUint16(place.at, 1, place.little);
  return upright;
}

/** XMP of a picture that has been set upright: `tiff:Orientation` 1, every other byte as it was. */
export function uprightXmp(xmp: Uint8Array): Uint8Array {
  const text = Buffer.from(xmp.buffer, xmp.byteOffset, xmp.length).toString("latin1");
  const upright = text
    .replace(/(\btiff:Orientation\s*=\s*["'])[1-8](["'])/g, "$11$2")
    .replace(/(<tiff:Orientation>\s*)[1-8](\s*<\/tiff:Orientation>)/g, "$11$2");
  return new Uint8Array(Buffer.from(upright, "latin1"));
}

/** True where EXIF itself tells a density. */
export function tellsDensity(exif: Uint8Array | undefined): boolean {
  return exif !== undefined && placeOfTag(exif, tiffTag.xResolution) !== undefined;
}
