import { type Nacre, trimLayers } from "@nacre/nacre";
import { type RoundTrips, soundRoundTrips } from "@nacre/report";

/** Sounds through an open model and back, for the report. */
export function roundTripsOf(nacre: Nacre): RoundTrips {
  const { id, version, decodeHash } = nacre.model;
  return soundRoundTrips({
    model: { id, version, decodeHash },
    encode: (sound) => nacre.encode(sound),
    layers: (file, original) => nacre.layers(file, { original }),
    codes: (file) => nacre.codes(file),
    decode: (file, layers) => nacre.decode(file, layers === undefined ? {} : { layers }),
    trim: trimLayers,
  });
}
