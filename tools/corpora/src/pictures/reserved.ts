import { NacreError } from "@nacre/errors";

/** Pictures to measure with, which are never trained on, told by the names of their files and folders. */
const reserved: readonly { what: string; name: RegExp }[] = [
  { what: "the Kodak set", name: /kodak|kodim/i },
  { what: "CLIC", name: /(^|[^a-z])clic([^a-z]|$)/i },
  { what: "pictures of a benchmark", name: /^bench(mark)?s?$/i },
  { what: "a test set", name: /^(set5|set12|set14|mcmaster|urban100|bsds?68|bsds?100|tecnick)([^a-z\d]|$)/i },
  { what: "samples of scikit-image or imageio", name: /^(scikit-image|skimage|imageio)/i },
  {
    what: "samples of scikit-image or imageio",
    name: /^(astronaut|camera|chelsea|coffee|hubble_deep_field|immunohistochemistry|ihc|motorcycle_(left|right)|retina|rocket)\.\w+$/i,
  },
  { what: "sequences of DAVIS", name: /^(blackswan|breakdance|car-shadow|horsejump-high)([^a-z]|$)/i },
];

/** What a path is reserved as, or undefined when it may be trained on. Any part of the path may tell. */
export function reservedAs(path: string): string | undefined {
  const parts = path.split(/[\\/]/);
  return reserved.find(({ name }) => parts.some((part) => name.test(part)))?.what;
}

/** throws NacreError "option" when a source's folder lies among what measures */
export function checkNotReserved(folder: string): void {
  const what = reservedAs(folder);
  if (what === undefined) return;
  throw new NacreError("option", {
    found: `${folder}, which by its name has ${what}`,
    expected: "pictures that nothing is measured with",
    mend: "give another folder; these are never trained on",
  });
}
