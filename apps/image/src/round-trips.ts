import { type PictureNacre, trimLayers } from "@nacre/nacre";
import { pictureRoundTrips, type RoundTrips } from "@nacre/report";

/**
 * Pictures through an open model and back, for the report; EXIF and XMP are no part of the rate. Layers are looked at
 * without the guard, which would store tiles otherwise and leave nothing to see of them; at an asked rate it is there.
 */
export function roundTripsOf(pictures: PictureNacre): RoundTrips {
  const { id, version, decodeHash, layers: all } = pictures.model;
  return pictureRoundTrips({
    model: { id, version, decodeHash },
    encode: (picture) => pictures.encode(picture, { layers: all, guard: false, strip: true }),
    layers: (file, original) => pictures.layers(file, { original }),
    codes: async (file) => (await pictures.codes(file)).map((layer) => [layer]),
    decode: (file, layers) => pictures.decode(file, layers === undefined ? {} : { layers }),
    trim: trimLayers,
    atRate: (picture, bpp) => pictures.encode(picture, { bpp, strip: true }),
  });
}
