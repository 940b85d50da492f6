/**
 * The types of the signals that rooms hand to each other. No code: a sound or picture read by `media` is
 * the one that `codec` encodes, `metrics` measures and `report` draws.
 */

/**
 * A whole sound in memory.
 *
 * sampleRate  hertz
 * channels    one array per channel, all of the same length, nominal range -1 .. 1
 */
export type Audio = { sampleRate: number; channels: Float32Array[] };

/**
 * A sound read piece by piece, so that memory is bounded by the block and not by the file.
 *
 * length  samples per channel where it is known beforehand (not from a pipe)
 * blocks  each one array per channel, all of one length >= 1; any number of blocks, also none
 */
export type AudioStream = {
  sampleRate: number;
  channelCount: number;
  length?: number;
  blocks: AsyncIterable<Float32Array[]>;
};

/** One stream out of a sound in memory. */
export type AudioSource = Audio | AudioStream;

/** Samples of one colour or of alpha, row by row from the top left; 0 is black or clear, all bits set full. */
export type PicturePlane = Uint8Array | Uint16Array;

/**
 * What is known of a picture beside its samples. The picture stands upright: no orientation is left to apply.
 *
 * width, height  pixels, at least 1
 * colour         "rgb": three planes, red, green, blue; "grey": one
 * bitDepth       8: every plane is a Uint8Array of 0 .. 255; 16: a Uint16Array of 0 .. 65535
 * iccProfile     the ICC profile that the samples are in, as it lay in the file; sRGB where there is none
 * exif           EXIF as a TIFF structure ("II" or "MM" first, no "Exif" mark before it), orientation 1
 * xmp            the XMP packet, UTF-8, orientation 1
 * density        pixels per inch where the file says so
 */
export type PictureFacts = {
  width: number;
  height: number;
  colour: "rgb" | "grey";
  bitDepth: 8 | 16;
  iccProfile?: Uint8Array;
  exif?: Uint8Array;
  xmp?: Uint8Array;
  density?: number;
};

/**
 * A whole picture in memory: 3 bytes a pixel for 8-bit RGB, 8 for 16-bit RGB with alpha.
 *
 * planes  red, green, blue or grey, each width * height samples
 * alpha   coverage, of the same size and bit depth; straight: colours are not multiplied by it
 */
export type Picture = PictureFacts & { planes: PicturePlane[]; alpha?: PicturePlane };

/** A rectangle out of a picture; planes and alpha as in the picture, each width * height samples. */
export type PictureTile = { width: number; height: number; planes: PicturePlane[]; alpha?: PicturePlane };

/**
 * A picture read tile by tile, so that memory is bounded by the tile and not by the picture.
 *
 * readTile  the rectangle with its top left pixel at (x, y); it has to lie within the picture
 */
export type TiledPicture = PictureFacts & {
  hasAlpha: boolean;
  readTile(x: number, y: number, width: number, height: number): Promise<PictureTile>;
};

/**
 * A picture that comes tile by tile.
 *
 * tiles  without gaps, left to right and top to bottom; the tiles beside each other are equally high
 */
export type PictureStream = PictureFacts & { hasAlpha: boolean; tiles: AsyncIterable<PictureTile> };

/** A picture in memory, or one that comes tile by tile. */
export type PictureSource = Picture | PictureStream;

/** How a tile of a picture may be stored by another coding than a model's: with loss, or to the last bit. */
export type TileKind = "lossy" | "lossless";

/** Other codings of a picture's tiles, for those that a model codes badly. Alpha is no part of what they code. */
export type TileCoder = {
  /**
   * Codings of a tile: "lossy" in the best quality whose bytes fit in `mostBytes`, where any does; "lossless" unless a
   * cheap test says that it takes far more.
   *
   * mostError  mean squared error of the samples above which "lossy" is of no use: it may be left out where a cheap test
   *            says that it will be above
   */
  encode(
    tile: Picture,
    mostBytes: number,
    mostError?: number,
  ): Promise<{ kind: TileKind; bytes: Uint8Array }[]>;
  /**
   * What `encode` was given, or near it; grey may come as RGB, and 16 bits as 8 where there was loss.
   *
   * throws  NacreError "bitstream" for bytes that are no such coding of a tile of this size; the size is looked at
   *         before anything is decoded
   */
  decode(kind: TileKind, bytes: Uint8Array, width: number, height: number): Promise<Picture>;
};

/** A fraction of whole numbers above zero, as frame rates and aspects are kept: 30000 / 1001 has no short decimal. */
export type Fraction = { numerator: number; denominator: number };

/**
 * What is known of a video beside its frames. Luma and two colour differences of 8 bits.
 *
 * width, height  of luma, at least 1
 * rate           frames per second; absent where the file has none, or where frames have times of their own
 * clock          ticks per second of the frames' own times; absent where they follow from the rate
 * subsampling    "4:2:0": colour planes of half the width and height, rounded up; "4:4:4": of full size
 * siting         where a colour sample of 4:2:0 lies among its four of luma: "centre" (JPEG, MPEG-1), "left" (MPEG-2,
 *                H.264), "dv" (DV of 625 lines: at the top left, the two planes a line apart); absent where nobody says
 * matrix         what luma and colour are made of: "bt601" (standard definition), "bt709" (high); absent where nobody says
 * range          "limited": black is 16 and white 235; "full": 0 and 255; absent where nobody says
 * aspect         width of a pixel over its height; absent where the file does not know
 */
export type VideoFacts = {
  width: number;
  height: number;
  rate?: Fraction;
  clock?: number;
  subsampling: "4:2:0" | "4:4:4";
  siting?: "centre" | "left" | "dv";
  matrix?: "bt601" | "bt709";
  range?: "limited" | "full";
  aspect?: Fraction;
};

/**
 * One frame.
 *
 * planes  luma [width * height] and two colour planes, Cb then Cr, row by row from the top left
 * time    in ticks of the video's clock, 0 or more, growing; absent where the video has none
 */
export type VideoFrame = { planes: [Uint8Array, Uint8Array, Uint8Array]; time?: number };

/**
 * A video that comes frame by frame, as an AudioStream comes in blocks.
 *
 * endTime  of a video with a clock: ticks at which the last frame ends, to be asked once the frames have ended
 */
export type VideoStream = VideoFacts & { frames: AsyncIterable<VideoFrame>; endTime?: () => number };
