import { parse } from "node:path";
import {
  count,
  forceOption,
  jsonOption,
  label,
  modelOption,
  oneInput,
  openOutput,
  report,
  type Task,
  table,
  taskOf,
  text,
  verb,
} from "@nacre/cli";
import {
  atEqualBytes,
  classicalCodecs,
  pictureFormatOf,
  pictureParts,
  plainPicture,
  readPicture,
} from "@nacre/media/pictures";
import { msSsim, msSsimSide, psnrRgb } from "@nacre/metrics";
import { defaultPictureModel, NacreError, openPictures, type Picture } from "@nacre/nacre";
import { codingOptions, type EncodeRequest } from "./encode.js";
import { encodeOptions } from "./options.js";
import { sideBySide } from "./side-by-side.js";

/** One codec's file of the picture, measured. */
type Row = {
  codec: string;
  setting: string;
  bytes: number;
  bpp: number;
  psnr: number;
  msSsim: number | undefined;
  picture: Picture;
};

const { strip: _always, ...rates } = encodeOptions;

/** Ours beside the codecs that everybody has, at equal bytes. */
export const compare = verb({
  name: "compare",
  arguments: "<picture>",
  summary: () => "show a picture coded by us, JPEG, WebP and AVIF at equal bytes: a table and a picture",
  example: () => "compare photo.png -o compared.png",
  options: () => ({
    out: text("-o, --out <file>", "picture with all of them side by side; its ending says of which kind"),
    model: modelOption,
    layers: count("-l, --layers <k>", "keep the first k layers", { conflicts: ["quality", "bpp", "psnr"] }),
    ...rates,
    force: forceOption,
    json: jsonOption,
  }),
  async run(context, [argument = "-"], options) {
    const source = await oneInput(argument, context.io);
    const name = label(source);
    const target = options.out ?? `${source.path ? parse(source.path).name : "picture"}.compared.png`;
    const format = pictureFormatOf(target);
    const output = await openOutput(target, {
      force: options.force === true,
      inputs: source.path === undefined ? [] : [source.path],
      temporaries: context.interrupt.temporaries,
    });
    try {
      const { maxPixels } = options;
      const limit = maxPixels === undefined ? {} : { maxPixels };
      const picture = plainPicture(await readPicture(source.path ?? source.bytes(), limit), name);
      const rows = await compared(picture, options.model, given(options), taskOf(context, argument));
      for await (const part of pictureParts(panelsOf(picture, rows), { format }).parts)
        await output.write(part);
      await output.keep();
      const { width, height } = picture;
      const codecs = rows.map(({ picture: _pixels, ...row }) => row);
      const object = { input: source.name, output: target, width, height, codecs };
      await report(context, options.json, object, `${tableOf(rows)}\n\n${target}: the same side by side`);
      return 0;
    } catch (error) {
      await output.drop();
      throw error;
    }
  },
});

function given(options: { [K in keyof EncodeRequest]: EncodeRequest[K] | undefined }): EncodeRequest {
  const { layers, quality, bpp, psnr, guard } = options;
  const all = Object.entries({ layers, quality, bpp, psnr, guard });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

/** Ours first, then every classical codec at no more bytes than ours. */
async function compared(
  picture: Picture,
  model: string = defaultPictureModel,
  request: EncodeRequest,
  task: Task,
): Promise<Row[]> {
  const pictures = await openPictures(model);
  const maxPixels = picture.width * picture.height;
  try {
    const file = await pictures.encode(picture, codingOptions(request, task));
    const decoded = await pictures.decode(file, { signal: task.signal });
    const rows = [rowOf(picture, pictures.model.id, settingOf(request), file, decoded)];
    for (const [done, codec] of classicalCodecs.entries()) {
      task.progress(codec.label, done, classicalCodecs.length);
      const check = () => checkAborted(task);
      const found = await atEqualBytes(codec, picture, file.length, check);
      const shown = plainPicture(await readPicture(found.file, { maxPixels }), codec.label);
      rows.push(rowOf(picture, codec.label, `quality ${found.quality}`, found.file, shown));
    }
    return rows;
  } finally {
    await pictures.close();
  }
}

function rowOf(original: Picture, codec: string, setting: string, file: Uint8Array, picture: Picture): Row {
  const [reference, estimate] = [original, picture].map(({ width, height, planes }) => ({
    ...{ width, height, planes, peak: 255 },
  }));
  const large = Math.min(original.width, original.height) >= msSsimSide;
  return {
    ...{ codec, setting, bytes: file.length, picture },
    bpp: (8 * file.length) / (original.width * original.height),
    psnr: psnrRgb(reference!, estimate!),
    msSsim: large ? msSsim(reference!, estimate!) : undefined,
  };
}

function settingOf({ layers, quality, bpp, psnr }: EncodeRequest): string {
  const found = Object.entries({ layers, quality, bpp, psnr }).find(([, value]) => value !== undefined);
  return found ? found.join(" ") : "as it comes";
}

function tableOf(rows: readonly Row[]): string {
  const head = ["codec", "setting", "bytes", "bit/pixel", "PSNR", "MS-SSIM"];
  const cells = rows.map(({ codec, setting, bytes, bpp, psnr, msSsim: similarity }) => [
    ...[codec, setting, `${bytes}`, bpp.toFixed(3), psnr.toFixed(2), similarity?.toFixed(4) ?? "-"],
  ]);
  return table([head, ...cells], [2, 3, 4, 5]);
}

function panelsOf(picture: Picture, rows: readonly Row[]): Picture {
  const panels = rows.map(({ codec, bytes, psnr, picture: decoded }) => ({
    label: `${codec.replace(/[ @].*/, "")} ${bytes} B ${psnr.toFixed(2)} DB`,
    picture: decoded,
  }));
  return sideBySide([{ label: "original", picture }, ...panels]);
}

function checkAborted({ signal }: Task): void {
  if (signal.aborted) throw new NacreError("cancelled", "the comparison was given up before its end");
}
