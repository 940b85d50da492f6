import type { Option } from "@nacre/cli";
import { NacreError } from "@nacre/errors";

/** A time as a person writes it, in seconds: "3.5", "1:02", "00:00:03.25". */
export function time(flags: string, help: string): Option<number> {
  return { flags, help, parse: (text) => parseTime(text, flags.split(" ", 1)[0] ?? flags) };
}

/** throws NacreError "usage" for a text that is no time; `name` is what the sentence calls it */
export function parseTime(text: string, name: string): number {
  const [, hours = "0", minutes = "0", seconds] =
    /^(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (seconds !== undefined && (!text.includes(":") || (Number(seconds) < 60 && Number(minutes) < 60)))
    return 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds);
  throw new NacreError("usage", {
    found: `${name} ${text}`,
    expected: "a time such as 3.5, 1:02 or 00:00:03",
  });
}

/** Seconds as a clock shows them: "0:42", "1:02:05". */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
