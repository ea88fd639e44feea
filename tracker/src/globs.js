import { dataset } from "tag";

// In a glob only `*` is special: any run of characters, slashes too. Commas or blanks stand between globs.
const matches = (globs, path) =>
  new RegExp(
    `^(${globs
      .replace(/[\s,]+/g, "|")
      .replace(/[^\w*|]/g, "\\$&")
      .replace(/\*/g, ".*")})$`,
  ).test(path);

/** Whether `data-exclude` names the path, or `data-include` is there and does not. */
export const excluded = (path) =>
  matches(dataset.exclude || "", path) || !matches(dataset.include || "*", path);
