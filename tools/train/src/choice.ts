import { resolve } from "node:path";
import {
  type Corpus,
  type CorpusChoice,
  clipKindOf,
  openCorpus,
  openPictureCorpus,
  type PictureCorpus,
} from "@nacre/training";

/** What part of a corpus a command is given for; comma-separated names. */
export type ChoiceOptions = { sources?: string; kinds?: string };

/** throws NacreError "option" for a kind that there is not; the corpus itself knows its sources */
export function choiceOf({ sources, kinds }: ChoiceOptions): CorpusChoice {
  return {
    ...(sources === undefined ? {} : { sources: sources.split(",") }),
    ...(kinds === undefined ? {} : { kinds: kinds.split(",").map(clipKindOf) }),
  };
}

/** Where a corpus lies, and what part of it is meant. */
export type CorpusOptions = ChoiceOptions & { corpus?: string };

/** Opens the corpus of sound; `corpora/packed` by default. throws as openCorpus and choiceOf */
export function soundCorpusOf(options: CorpusOptions): Promise<Corpus> {
  return openCorpus(resolve(options.corpus ?? "corpora/packed"), choiceOf(options));
}

/** Opens the corpus of pictures; `corpora/photos` by default. throws as openPictureCorpus */
export function pictureCorpusOf({ corpus = "corpora/photos" }: CorpusOptions): Promise<PictureCorpus> {
  return openPictureCorpus(resolve(corpus));
}
