import { type CorpusChoice, clipKindOf } from "@nacre/training";

/** What part of a corpus a command is given for; comma-separated names. */
export type ChoiceOptions = { sources?: string; kinds?: string };

/** throws NacreError "option" for a kind that there is not; the corpus itself knows its sources */
export function choiceOf({ sources, kinds }: ChoiceOptions): CorpusChoice {
  return {
    ...(sources === undefined ? {} : { sources: sources.split(",") }),
    ...(kinds === undefined ? {} : { kinds: kinds.split(",").map(clipKindOf) }),
  };
}
